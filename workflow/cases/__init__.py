"""Cases and rounds: `act`, the one way to change them, and what is read about them."""
