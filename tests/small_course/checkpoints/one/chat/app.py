import sys

GREETING = "Hello"


class Greeter:
    def name(self) -> str:
        return sys.argv[1]

    @staticmethod
    def greet() -> str:
        return GREETING


def main() -> None:
    print(Greeter().greet())
