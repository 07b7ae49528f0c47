"""The tables of options in docs/commands, which say what the program says of itself.

    VAE_BINARY=build/vae python tests/scripts/option_tables.py    writes them anew

A table stands below the line "Options of `vae COMMAND`:", and ends at the next empty line.
"""

import os
import pathlib
import re
import subprocess

PAGES = pathlib.Path(__file__).resolve().parents[2] / "docs" / "commands"
TABLE = re.compile(r"^Options of `(vae [a-z ]+)`:\n\n((?:\|.*\n)*)", re.MULTILINE)


def options_of_commands():
    """For each command that takes any, as "vae data shapes": pairs of an option's heading and its meaning."""
    page = subprocess.run([os.environ["VAE_BINARY"], "manual"], capture_output=True, text=True, check=True).stdout
    commands = {}
    for section in re.split(r"^\.SS ", page, flags=re.MULTILINE)[1:]:
        name, *rows = section.split(".TP\n.B ")
        pairs = [row.split("\n")[:2] for row in rows]
        commands[plain(name.split("\n")[0])] = [(plain(heading), plain(meaning)) for heading, meaning in pairs
                                                if "help" not in heading]
    return commands


def plain(roff):
    return roff.replace("\\-", "-").replace("\\&", "").replace("\\(aq", "'").replace("\\e", "\\")


def table(options):
    rows = ["| `{}` | {} |".format(heading, meaning.replace("|", "\\|")) for heading, meaning in options]
    return "".join(line + "\n" for line in ["| option | meaning |", "|---|---|", *rows])


def rewrite():
    commands = options_of_commands()
    for page in PAGES.glob("*.md"):
        text = page.read_text()
        page.write_text(TABLE.sub(lambda found: f"Options of `{found[1]}`:\n\n{table(commands[found[1]])}", text))


if __name__ == "__main__":
    rewrite()
