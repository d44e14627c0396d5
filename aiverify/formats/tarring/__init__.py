"""tar archives: their headers, and what stands between them."""
