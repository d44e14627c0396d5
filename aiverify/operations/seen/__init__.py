"""What a signature file holds, part by part, as values. Nothing is verified or believed."""
