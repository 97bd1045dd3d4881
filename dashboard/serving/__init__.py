"""What stands between the network and the pages: who may look, and how every answer is dressed."""
