"""Staff accounts, roles, queues, rotas, organisation and locations."""
