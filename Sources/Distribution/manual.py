"""Writes the manual from the command's own help: quantbook(1), a page for each command, and the guides of
`quantbook help` in section 7.

    python3 Sources/Distribution/manual.py path/to/quantbook folder
"""

import datetime
import json
import os
import pathlib
import re
import subprocess
import sys

# Pages of `quantbook help` that explain more than one command.
GUIDES = {
    "notebook": "the language of notebooks",
    "expressions": "expressions in notebooks",
    "sweeps": "many settings in one cell",
    "exit-codes": "how the command ends",
}


def commands_below(command):
    """Without swift-argument-parser's own `help`, which is not reached: ours takes its place."""
    return [
        one for one in command.get("subcommands", [])
        if one["shouldDisplay"] and one["abstract"] != "Show subcommand help information."
    ]


def escaped(text):
    """Text that means itself in roff."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga")
    text = text.replace("^", "\\(ha").replace("~", "\\(ti").replace("'", "\\(aq")
    return re.sub(r"(?m)^([.'])", r"\\&\1", text)


def listing(lines):
    return [".PP", ".nf", ".RS 2", *[escaped(line) for line in lines], ".RE", ".fi"]


def paragraphs(text):
    """Text as help has it: paragraphs; lines that are indented stand as they are."""
    page = []
    for block in text.strip("\n").split("\n\n"):
        prose, code = [], []
        for line in block.split("\n"):
            if line.startswith("  "):
                if prose:
                    page += [".PP", escaped(" ".join(prose))]
                    prose = []
                code.append(line.removeprefix("  "))
            else:
                if code:
                    page += listing(code)
                    code = []
                prose.append(line)
        if prose:
            page += [".PP", escaped(" ".join(prose))]
        if code:
            page += listing(code)
    return page


def name_of(argument):
    """`-o`, `--output <folder>`; `<notebook>` of what stands alone."""
    value = f"\\fI{escaped(argument.get('valueName', 'value'))}\\fR"
    if argument["kind"] == "positional":
        return value
    dashes = {"short": "-", "long": "--", "longWithSingleDash": "-"}
    names = [dashes[name["kind"]] + name["name"] for name in argument["names"]]
    text = ", ".join(f"\\fB{escaped(name)}\\fR" for name in names)
    return text if argument["kind"] == "flag" else f"{text} {value}"


def synopsis(words, arguments, has_commands):
    parts = [f"\\fB{escaped(' '.join(words))}\\fR"]
    if has_commands:
        parts.append("\\fIcommand\\fR")
    if any(argument["kind"] != "positional" for argument in arguments):
        parts.append("[\\fIoptions\\fR]")
    for argument in arguments:
        if argument["kind"] == "positional":
            text = name_of(argument) + (" ..." if argument["isRepeating"] else "")
            parts.append(f"[{text}]" if argument["isOptional"] else text)
    return " ".join(parts)


def definition(argument):
    text = argument.get("abstract", "")
    facts = []
    if argument.get("allValues") and argument["kind"] != "flag":
        facts.append("one of " + ", ".join(argument["allValues"]))
    if argument.get("defaultValue") and argument["kind"] != "flag":
        facts.append("default " + argument["defaultValue"])
    if facts:
        text += f" ({'; '.join(facts)})"
    return [".TP", name_of(argument), escaped(text)]


class Manual:
    def __init__(self, program, folder):
        self.program, self.folder = program, pathlib.Path(folder)
        self.version = self.run("--version").strip()
        # So that the same sources give the same pages.
        seconds = int(os.environ.get("SOURCE_DATE_EPOCH", 0)) or None
        day = datetime.datetime.fromtimestamp(
            seconds, datetime.timezone.utc) if seconds else datetime.datetime.now()
        self.day = day.strftime("%Y-%m-%d")

    def run(self, *arguments):
        return subprocess.run(
            [self.program, *arguments], capture_output=True, text=True, check=True).stdout

    def write(self, name, section, summary, body):
        summary = summary.rstrip(".")
        head = [
            f'.TH {name.upper()} {section} {self.day} "Quantbook {self.version}" "Quantbook"',
            ".SH NAME", escaped(name) + " \\- " + escaped(summary[:1].lower() + summary[1:]),
        ]
        path = self.folder / f"man{section}" / f"{name}.{section}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(head + body) + "\n")

    def command(self, command, above=()):
        """Writes the page of a command and those of the commands below it."""
        words = (*above, command["commandName"])
        arguments = [one for one in command.get("arguments", []) if one["shouldDisplay"]]
        commands = commands_below(command)
        body = [".SH SYNOPSIS", synopsis(words, arguments, bool(commands))]
        text = command.get("discussion", "")
        text, _, examples = text.partition("Examples:\n")
        examples, _, rest = examples.partition("\n\n")
        body += [".SH DESCRIPTION", escaped(command["abstract"])]
        body += paragraphs(text) if text.strip() else []
        body += paragraphs(rest) if rest.strip() else []
        if commands:
            body.append(".SH COMMANDS")
            for one in commands:
                name = "-".join((*words, one["commandName"]))
                body += [".TP", f"\\fB{escaped(name)}\\fR(1)", escaped(one["abstract"])]
        if arguments:
            body.append(".SH OPTIONS")
            for one in sorted(arguments, key=lambda one: one["kind"] != "positional"):
                body += definition(one)
        if examples:
            body += [".SH EXAMPLES", *paragraphs(examples)]
        guides = ", ".join(f"\\fBquantbook\\-{escaped(guide)}\\fR(7)" for guide in GUIDES)
        near = f"\\fB{escaped('-'.join(above))}\\fR(1), " if above else ""
        body += [".SH SEE ALSO", near + guides]
        self.write("-".join(words), 1, command["abstract"], body)
        for one in commands:
            self.command(one, words)

    def guide(self, name, summary):
        page = self.run("help", name).rstrip("\n").split("\n")
        body = [".SH DESCRIPTION", ".nf", *[escaped(line) for line in page], ".fi"]
        self.write(f"quantbook-{name}", 7, summary, [*body, ".SH SEE ALSO", "\\fBquantbook\\fR(1)"])

    def write_all(self):
        self.command(json.loads(self.run("--experimental-dump-help"))["command"])
        for name, summary in GUIDES.items():
            self.guide(name, summary)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    Manual(sys.argv[1], sys.argv[2]).write_all()
