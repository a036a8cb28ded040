"""Looking after the service without content: the ledger's pages, unusual reading, caseload."""
