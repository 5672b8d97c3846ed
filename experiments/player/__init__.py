"""A recorded pair of firms as compact data, and the plain scripts that replay it in any page."""
