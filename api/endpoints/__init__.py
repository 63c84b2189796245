"""Endpoints: one module for each list of rows, or for lists made from declarations."""
