"""How sure the plan is: estimates from counts, the only floats of the plan beside the mix."""
