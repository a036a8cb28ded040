"""What both web apps are made of: pages, form controls, headers, errors, words and dates."""
