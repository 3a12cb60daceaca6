class Greeter:
    def greet(self) -> str:
        return "Hello"
