"""French of rules and figures that several subjects show."""
