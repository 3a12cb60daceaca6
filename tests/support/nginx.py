import os
from pathlib import Path

from course.system_packages import require
from tests.support.programs import Programs
from tests.support.running import Program


def start_nginx(programs: Programs, configuration: Path, port: int) -> Program:
    """Start an nginx with that configuration, which listens on that port."""
    own = configuration.parent
    main = f"daemon off; pid {own}/nginx-{port}.pid;"
    if os.geteuid() == 0:
        # Its workers may read the folders of the user who runs the tests.
        main += " user root;"
    command = [require("nginx"), "-e", "stderr", "-p", str(own)]
    program = programs.start(*command, "-c", str(configuration), "-g", main)
    program.wait_for_port(port)
    return program
