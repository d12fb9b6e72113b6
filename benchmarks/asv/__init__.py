"""Airspeed velocity."""
