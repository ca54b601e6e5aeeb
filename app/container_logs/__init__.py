"""The logs of the containers behind a deployment: read by polling, joined, kept, and followed on the screen."""
