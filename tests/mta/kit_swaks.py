"""Mail sent by swaks(1)."""

import re
import subprocess
import tempfile


def send(port, text, *recipients, sender="alice@example.org", parameters=""):
    """A whole transaction; the last reply that isn't about QUIT. A further "<>" closes what swaks opens before the
    parameters: they end in AUTH=<>."""
    if parameters:
        sender += "> %s AUTH=<" % parameters
    lines = re.sub(rb"(?m)^\.", b"..", re.sub(rb"\r?\n", b"\r\n", text)).removesuffix(b"\r\n")
    with tempfile.NamedTemporaryFile() as file:
        file.write(lines + b"\r\n.")
        file.flush()
        command = ["swaks", "--server", "127.0.0.1:%d" % port, "--helo", "client.example", "--from", sender,
                   "--to", ",".join(recipients), "--data", "@" + file.name, "--no-data-fixup", "--suppress-data",
                   "--timeout", "60"]
        run = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    said = run.stdout.decode("utf-8", "backslashreplace")
    replies = re.findall(r"(?m)^<[-~*]{1,2} +(\d\d\d .*)$", said)
    if not replies:
        raise RuntimeError(said + run.stderr.decode())
    return [reply for reply in replies if not reply.startswith("221")][-1]
