"""What `vae score` says of pictures."""

import csv
import json
import unittest

import program
from program import ProgramTest, run


class Score(ProgramTest):
    shared_settings = {}

    def score(self, *options):
        result = run("score", "--checkpoint", self.run_folder, "--out", self.folder / "scores", "--json", *options)
        self.assert_done(result)
        with open(self.folder / "scores/scores.csv", newline="") as lines:
            return json.loads(result.stdout), list(csv.DictReader(lines))

    def pictures(self):
        """Shapes as in training, and noise-free colours that no shape has."""
        folder = self.folder / "pictures"
        self.assert_done(run("data", "shapes", "--out", folder, "--count", 9, "--channels", 1, "--height", 8, "--width", 8))
        (folder / "plain").mkdir()
        for i in range(3):
            (folder / f"plain/{i}.png").write_bytes(program.png(8, 8, (200 + i,)))
        return folder

    def test_lists_the_least_likely_first(self):
        _, rows = self.score()
        bounds = [float(row["ELBO"]) for row in rows]
        self.assertEqual(len(rows), 16)
        self.assertEqual(bounds, sorted(bounds))
        for row in rows:
            self.assertAlmostEqual(float(row["ELBO"]), float(row["reconstruction"]) - float(row["KL"]), places=3)

    def test_averages_to_the_evaluation(self):
        for samples in (1, 5):
            given, rows = self.score("--samples", samples, "--split", "validation")
            evaluated = json.loads(run("evaluate", "--checkpoint", self.run_folder, "--split", "validation", "--samples",
                                       samples, "--json").stdout)
            bound = evaluated["elbo" if samples == 1 else "log_likelihood"]
            self.assertAlmostEqual(sum(float(row[given["bound"]]) for row in rows) / 16, bound, places=3)

    def test_threshold_lets_the_rate_of_the_calibration_lie_below(self):
        for rate in (0, 0.25, 0.5):
            given, rows = self.score("--rate", rate, "--split", "validation")
            self.assertEqual(given["threshold"]["below"], 16 * rate)
            self.assertEqual(sum(row["below_threshold"] == "1" for row in rows), 16 * rate)
        self.assertEqual(self.score("--rate", 0.25, "--calibration", "test")[0]["threshold"]["below"], 4)

    def test_tells_outliers_by_their_classes(self):
        folder = self.pictures()
        given, rows = self.score("--images", folder, "--outliers", "plain")
        self.assertEqual(sum(row["outlier"] == "1" for row in rows), 3)
        self.assertEqual({row["class"] for row in rows if row["outlier"] == "1"}, {"plain"})
        pairs = [(float(a["ELBO"]), float(b["ELBO"])) for a in rows for b in rows
                 if a["outlier"] == "1" and b["outlier"] == "0"]
        area = sum(a < b for a, b in pairs) / len(pairs)
        self.assertAlmostEqual(given["auroc"]["bound"], area, places=12)
        self.assertEqual(given["least_likely"][0]["name"], rows[0]["name"])

    def test_knows_only_classes_that_there_are(self):
        result = run("score", "--checkpoint", self.run_folder, "--images", self.pictures(), "--outliers", "cat", "--out",
                     self.folder / "scores")
        self.assert_fails(result, 2, "--outliers cat", "ellipse, plain, square, triangle", warnings=1)  # of factors.csv

    def test_sheet_has_three_rows_for_eight_pictures(self):
        self.score("--sheet-count", 8)
        self.assertEqual(program.png_size(self.folder / "scores/least-likely.png"), (8 * 10 + 2, 3 * 10 + 2))
        self.score("--sheet-count", 9)
        self.assertEqual(program.png_size(self.folder / "scores/least-likely.png"), (8 * 10 + 2, 6 * 10 + 2))

    def test_goes_without_a_threshold_where_there_is_no_validation(self):
        self.assert_done(self.train(data__validation="none"))
        result = run("score", "--checkpoint", self.folder / "run", "--out", self.folder / "scores", "--json")
        self.assert_done(result)
        self.assertIn("no threshold", result.stderr)
        self.assertIsNone(json.loads(result.stdout)["threshold"])

    def test_is_a_function_of_the_seed(self):
        self.assertEqual(self.score("--seed", 5), self.score("--seed", 5))
        self.assertNotEqual(self.score("--seed", 5), self.score("--seed", 6))

    def test_help_warns_of_simple_outliers(self):
        self.assertIn("Nalisnick", run("score", "--help").stdout)


if __name__ == "__main__":
    unittest.main()
