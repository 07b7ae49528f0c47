"""vae metrics: what a run measured, for other programs and for a person."""

import csv
import io
import json
import re
import unittest

import program
from program import ProgramTest, run


class Metrics(ProgramTest):
    shared_settings = {}

    def test_as_csv_are_those_of_the_file(self):
        result = run("metrics", self.run_folder, "--csv")
        self.assert_done(result)
        table = list(csv.DictReader(io.StringIO(result.stdout)))
        rows = program.rows(self.run_folder)
        self.assertEqual(len(table), len(rows))
        for line, row in zip(table, rows):
            for key, value in row.items():
                self.assertEqual(type(value)(line[key]), value, key)
        self.assertEqual(table[-1]["split"], "validation")
        self.assertEqual(table[-1]["gradient_norm"], "")

    def test_as_a_table_have_a_line_each(self):
        result = run("metrics", self.run_folder)
        self.assert_done(result)
        self.assertEqual(len(result.stdout.splitlines()), 1 + len(program.rows(self.run_folder)))

    def test_of_strangers_can_not_speak_to_the_terminal(self):
        name, split = "a,\x1b[2J\n\x9b", "\x1b"
        row = {"step": 1, "epoch": 1, "split": split, name: 2.5}
        (self.folder / "metrics.jsonl").write_text(json.dumps(row) + "\n")
        for options in ([], ["--csv"]):
            result = run("metrics", self.folder, *options)
            self.assert_done(result)
            self.assertEqual(re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f]", result.stdout), [])
            self.assertEqual(result.stdout.count("\n"), 2)
        self.assertEqual(next(csv.DictReader(io.StringIO(result.stdout))),
                         {"step": "1", "epoch": "1", "split": r"\u001b", r"a,\u001b[2J\u000a\u009b": "2.5"})

    def test_of_what_is_no_run_are_refused(self):
        self.assert_fails(run("metrics", self.folder), 6, self.folder, "metrics.jsonl")


if __name__ == "__main__":
    unittest.main()
