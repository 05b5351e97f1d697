print("quantbook")
