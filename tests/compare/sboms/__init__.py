"""Bills of materials side by side: other tools over one directory, and what each of them found."""
