module yardstick

go 1.24
