"""Quality side by side with the peers."""
