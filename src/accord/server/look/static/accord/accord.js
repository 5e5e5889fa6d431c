/* What a page does better with script; every page works without. */
"use strict";
