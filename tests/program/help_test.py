"""What the program says of itself: help, the manual page, completion."""

import re
import shutil
import subprocess
import unittest

import program
from program import ProgramTest, run

COMMANDS = re.findall(r"^  ([a-z]+) ", run("--help").stdout, re.MULTILINE)


def commands_with_options():
    """Every command that takes options, as the words that call it."""
    for name in COMMANDS:
        below = re.findall(r"^  ([a-z]+) ", run(name, "--help").stdout, re.MULTILINE)
        yield from ([name, part] for part in below) if name == "data" else [[name]]


class Help(ProgramTest):
    def test_lists_commands_in_groups(self):
        text = run("--help").stdout
        for group in ("Train:", "Make pictures:", "Measure:", "This program:"):
            self.assertIn(f"\n{group}\n", text)
        self.assertIn("sample", COMMANDS)
        self.assertIn("score", COMMANDS)

    def test_fits_in_100_columns(self):
        for words in ([], *commands_with_options()):
            for line in run(*words, "--help").stdout.splitlines():
                self.assertLessEqual(len(line), 100, line)

    def test_gives_ranges_defaults_and_what_does_not_go_together(self):
        text = " ".join(run("sample", "--help").stdout.split())
        self.assertIn("--count N How many (64 if not given); with --all-classes of each class (10) (1 to 1000000)", text)
        self.assertIn("(draw, mean; default mean)", text)
        self.assertIn("(not with --class)", text)
        self.assertIn("--json One JSON object", text)
        for word in ("Excludes", "INT", "FLOAT", "follow options"):
            self.assertNotIn(word, text)

    def test_every_command_that_computes_has_the_common_options(self):
        for name in ("sample", "reconstruct", "interpolate", "traverse", "encode", "decode", "score", "evaluate"):
            text = run(name, "--help").stdout
            for option in ("--json", "--device", "--batch-size", "-q, --quiet", "-v, --verbose"):
                self.assertIn(f"\n  {option}", text, name)


class Manual(ProgramTest):
    def test_has_every_command_and_option(self):
        page = run("manual").stdout.replace("\\-", "-")
        for words in commands_with_options():
            self.assertIn(f".SS vae {' '.join(words)}\n", page)
            for option in re.findall(r"^  (?:-\w, )?(--[a-z-]+)", run(*words, "--help").stdout, re.MULTILINE):
                self.assertIn(option, page)

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_is_a_page_that_groff_takes_without_a_warning(self):
        result = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z"], input=run("manual").stdout, text=True,
                                capture_output=True)
        self.assertEqual((result.returncode, result.stderr), (0, ""))


class Completion(ProgramTest):
    def bash(self, *words):
        """What bash offers for the last word."""
        script = self.folder / "vae.bash"
        script.write_text(run("completion", "bash").stdout)
        array = " ".join(f"'{word}'" for word in words)
        ask = f'source {script}; COMP_WORDS=({array}); COMP_CWORD={len(words) - 1}; _vae; echo "${{COMPREPLY[@]}}"'
        result = subprocess.run(["bash", "-u", "-c", ask], text=True, capture_output=True)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout.split()

    def test_bash_knows_commands_options_and_choices(self):
        self.assertEqual(set(self.bash("vae", "")) - {"-h", "--help", "--version"}, set(COMMANDS))
        self.assertEqual(self.bash("vae", "samp"), ["sample"])
        self.assertEqual(self.bash("vae", "sample", "--checkpoint", "x", "--cou"), ["--count"])
        self.assertEqual(self.bash("vae", "sample", "--show", ""), ["draw", "mean"])
        self.assertEqual(self.bash("vae", "data", "ch"), ["check"])
        self.assertEqual(self.bash("vae", "data", "check", "--he"), ["--help", "--height"])
        self.assertEqual(self.bash("vae", "completion", "z"), ["zsh"])

    def test_bash_leaves_the_values_of_other_options_to_file_names(self):
        self.assertEqual(self.bash("vae", "sample", "--out", ""), [])

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh_takes_its_script(self):
        result = subprocess.run(["zsh", "-n"], input=run("completion", "zsh").stdout, text=True, capture_output=True)
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish_takes_its_script(self):
        result = subprocess.run(["fish", "--no-execute"], input=run("completion", "fish").stdout, text=True,
                                capture_output=True)
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_refuses_other_shells(self):
        self.assert_fails(run("completion", "tcsh"), 2, "tcsh", "bash")


if __name__ == "__main__":
    unittest.main()
