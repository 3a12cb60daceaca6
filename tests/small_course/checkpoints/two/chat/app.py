import os
import sys

GREETING = "Good morning"


class Greeter:
    def name(self) -> str:
        return sys.argv[1]

    @staticmethod
    def greet() -> str:
        return GREETING


def main() -> None:
    print(os.getpid(), Greeter().greet())
