"""The methods of the Web API, one file per family. A new method is a function in one of them."""
