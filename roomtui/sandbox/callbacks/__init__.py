"""What the sandbox tells the customer's server: signed requests, in order, retried, never holding anybody up."""
