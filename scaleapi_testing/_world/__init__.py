"""What people and time do to the state: acts, labelers, history."""
