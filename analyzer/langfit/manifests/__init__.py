"""What go.mod, go.work and Cargo.toml say, one module per ecosystem; both read text and run nothing."""
