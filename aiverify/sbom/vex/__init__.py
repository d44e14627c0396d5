"""What somebody who looked into vulnerabilities says of them: CycloneDX VEX and OpenVEX."""
