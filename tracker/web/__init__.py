"""What web pages share: pagination and the like."""
