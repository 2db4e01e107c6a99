"""What readers see of the evidence beside the text: HTML made from references and claims, one file for each kind."""
