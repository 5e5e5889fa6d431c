"""The editor of a draft: a form that follows from the model beside the text, each the mirror of the other."""
