"""The two web apps: the reporter's and the staff's. Flask lives here and nowhere below."""
