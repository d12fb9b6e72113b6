"""Common checks of targets, weighters and relevances."""
