"""Reading untrusted trees and writing results: extents, trees, streams, atomic output."""
