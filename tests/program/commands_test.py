"""What the commands that use a trained model give."""

import json
import unittest

import program
from program import ProgramTest, run


class Sample(ProgramTest):
    shared_settings = {}

    def sheet(self, *options):
        file = self.folder / "sheet.png"
        result = run("sample", "--checkpoint", self.run_folder, "--out", file, *options)
        self.assert_done(result)
        self.assertEqual(result.stdout, f"{file}\n")
        return file.read_bytes()

    def each(self, *options):
        result = run("sample", "--checkpoint", self.run_folder, "--out-dir", self.folder / "each", *options)
        self.assert_done(result)
        return sorted((self.folder / "each").iterdir())

    def test_is_a_function_of_the_seed(self):
        self.assertEqual(self.sheet("--seed", 1), self.sheet("--seed", 1))
        self.assertNotEqual(self.sheet("--seed", 1), self.sheet("--seed", 2))

    def test_sheet_is_as_square_as_it_goes(self):
        for count, columns, rows in ((1, 1, 1), (5, 3, 2), (64, 8, 8)):
            self.sheet("--count", count)
            gap = 2
            size = (columns * (8 + gap) + gap, rows * (8 + gap) + gap)
            self.assertEqual(program.png_size(self.folder / "sheet.png"), size)

    def test_out_dir_has_one_file_a_picture(self):
        files = self.each("--count", 5)
        self.assertEqual([file.name for file in files], [f"000{i}.png" for i in range(5)])
        self.assertEqual({program.png_size(file) for file in files}, {(8, 8)})
        self.assertEqual(len({file.read_bytes() for file in files}), 5)

    def test_of_a_longer_list_begins_with_the_shorter(self):
        short = [file.read_bytes() for file in self.each("--count", 3)]
        long = [file.read_bytes() for file in self.each("--count", 5)]
        self.assertEqual(long[:3], short)

    def test_without_temperature_is_one_picture(self):
        files = self.each("--count", 4, "--temperature", 0)
        self.assertEqual(len({file.read_bytes() for file in files}), 1)

    def test_may_be_drawn_from_the_likelihood(self):
        self.assertNotEqual(self.sheet("--show", "draw"), self.sheet("--show", "mean"))
        self.assertEqual(self.sheet("--show", "draw"), self.sheet("--show", "draw"))

    def test_refuses_to_write_a_png_under_another_name(self):
        result = run("sample", "--checkpoint", self.run_folder, "--out", self.folder / "sheet.jpg")
        self.assert_fails(result, 2, "sheet.jpg", "PNG", "sheet.png")

    def test_takes_a_file_or_a_run(self):
        by_file = self.folder / "by_file.png"
        self.assert_done(run("sample", "--checkpoint", self.run_folder / "checkpoints/best.safetensors", "--out", by_file))
        self.assertEqual(by_file.read_bytes(), self.sheet())


class Reconstruct(ProgramTest):
    shared_settings = {}

    def setUp(self):
        super().setUp()
        self.images = self.folder / "images"
        (self.images / "cat").mkdir(parents=True)
        # Of any size and colour, and told by content: a.jpg is a PNG.
        for name, size, pixel in (("a.jpg", (20, 31), (10, 20, 30)), ("a.png", (8, 8), (99,)),
                                  ("cat/b.png", (3, 3), (0, 200, 0)), ("c", (100, 7), (255,))):
            (self.images / name).write_bytes(program.png(*size, pixel))

    def reconstruct(self, *options):
        result = run("reconstruct", "--checkpoint", self.run_folder, "--images", self.images, *options)
        self.assert_done(result)
        return result

    def test_out_dir_has_the_names_of_the_sources(self):
        self.reconstruct("--out-dir", self.folder / "each")
        self.assertEqual(program.files(self.folder / "each"), ["a.jpg.png", "a.png.png", "c.png", "cat/b.png"])
        for name in program.files(self.folder / "each"):
            self.assertEqual(program.png_size(self.folder / "each" / name), (8, 8))

    def test_sheet_has_originals_above_reconstructions(self):
        self.reconstruct("--out", self.folder / "sheet.png")
        self.assertEqual(program.png_size(self.folder / "sheet.png"), (4 * 10 + 2, 2 * 10 + 2))
        self.reconstruct("--out", self.folder / "small.png", "--sheet-count", 2)
        self.assertEqual(program.png_size(self.folder / "small.png"), (2 * 10 + 2, 2 * 10 + 2))

    def test_is_the_same_each_time(self):
        self.reconstruct("--out", self.folder / "1.png")
        self.reconstruct("--out", self.folder / "2.png", "--out-dir", self.folder / "each")
        self.assertEqual((self.folder / "1.png").read_bytes(), (self.folder / "2.png").read_bytes())

    def test_may_overwrite_its_own_output(self):
        for _ in range(2):
            self.reconstruct("--out-dir", self.folder / "each")


class Evaluate(ProgramTest):
    shared_settings = {"training__ema": 0.9, "data__observation": "dequantize"}

    def evaluate(self, *options):
        result = run("evaluate", "--checkpoint", self.run_folder / "checkpoints/last.safetensors", *options)
        self.assert_done(result)
        return result.stdout

    def test_gives_the_validation_of_the_run(self):
        given = json.loads(self.evaluate("--split", "validation", "--json"))
        logged = [row for row in program.rows(self.run_folder) if row["split"] == "validation"][-1]
        for quantity in ("elbo", "reconstruction", "kl"):
            self.assertAlmostEqual(given[quantity], logged[quantity], 8, quantity)  # other order of summation

    def test_json_is_complete(self):
        given = json.loads(self.evaluate("--json", "--samples", "3"))
        self.assertEqual((given["split"], given["pictures"], given["samples"]), ("test", 16, 3))
        self.assertAlmostEqual(given["elbo"], given["reconstruction"] - given["kl"], places=9)
        self.assertGreater(given["log_likelihood_sampling_error"], 0)
        self.assertEqual(len(given["latents"]), 2)
        self.assertAlmostEqual(sum(latent["kl"] for latent in given["latents"]), given["kl"], places=5)
        bits = -given["log_likelihood"] / (64 * 0.6931471805599453) + 8
        self.assertAlmostEqual(given["bits_per_dimension"], bits, places=9)

    def test_table_says_what_json_does(self):
        given = json.loads(self.evaluate("--json"))
        table = self.evaluate()
        for quantity in ("elbo", "reconstruction", "kl", "bits_per_dimension"):
            self.assertIn(f"{given[quantity]:.4f}", table)

    def test_estimates_the_likelihood_of_other_pictures(self):
        pictures = self.folder / "pictures"
        self.assert_done(run("data", "shapes", "--out", pictures, "--count", 6, "--height", 8, "--width", 8))
        given = json.loads(self.evaluate("--json", "--samples", "20", "--images", pictures))
        self.assertEqual(given["pictures"], 6)
        self.assertGreater(given["log_likelihood"], given["elbo"])

    def test_has_noise_of_its_seed(self):
        self.assertEqual(self.evaluate("--seed", "5"), self.evaluate("--seed", "5"))
        self.assertNotEqual(self.evaluate("--seed", "5"), self.evaluate("--seed", "6"))

    def test_knows_every_split(self):
        for split, pictures in (("train", 64), ("validation", 16), ("test", 16)):
            self.assertEqual(json.loads(self.evaluate("--json", "--split", split))["pictures"], pictures)

    def test_tells_how_well_known_factors_are_taken_apart(self):
        gap = json.loads(self.evaluate("--json", "--split", "train"))["mutual_information_gap"]
        self.assertEqual([factor["name"] for factor in gap["factors"]], ["shape", "scale", "rotation", "x", "y"])
        self.assertAlmostEqual(gap["mean"], sum(factor["gap"] for factor in gap["factors"]) / 5)
        for factor in gap["factors"]:
            self.assertGreaterEqual(factor["information"], factor["gap"])
        self.assertIn(f"{gap['mean']:.4f}", self.evaluate("--split", "train"))

    def test_of_a_folder_knows_no_factors(self):
        pictures = self.folder / "pictures"
        self.assert_done(run("data", "shapes", "--out", pictures, "--count", 6, "--height", 8, "--width", 8))
        given = json.loads(self.evaluate("--json", "--images", pictures))
        self.assertIsNone(given["mutual_information_gap"])
        self.assertIsNone(given["classes"])


class Gradients(ProgramTest):
    shared_settings = {"objective": {"type": "iwae", "importance_samples": 2}}
    few = ("--draws", 5, "--batch-size", 4)

    def gradients(self, *options, run_folder=None):
        result = run("gradients", "--checkpoint", run_folder or self.run_folder, *self.few, *options)
        self.assert_done(result)
        return result.stdout

    def json(self, *options, **place):
        return json.loads(self.gradients("--json", *options, **place))

    def without_times(self, *options):
        given = self.json(*options)
        for row in given["estimators"]:
            row.pop("seconds_per_draw", None)
        return given

    def test_json_is_complete(self):
        given = self.json()
        self.assertEqual((given["split"], given["pictures"], given["samples"], given["bounds"], given["draws"]),
                         ("train", 4, 2, 1, 5))
        self.assertAlmostEqual(given["signal_to_noise_floor"], (2 / (5 * 3.141592653589793)) ** 0.5, places=12)
        rows = {row["name"]: row for row in given["estimators"]}
        self.assertEqual(set(rows), {"reparameterized", "reinforce (none)", "reinforce (moving_average)", "dreg", "stl",
                                     "reinforce (learned)", "reinforce (leave_one_out)", "naive"})
        for name, row in rows.items():
            self.assertEqual(row["applicable"], name != "stl")
            if not row["applicable"]:
                self.assertIn("importance_samples", row["reason"])
                continue
            self.assertGreater(row["seconds_per_draw"], 0)
            for part in ("encoder", "decoder"):
                self.assertEqual(set(row[part]), {"norm", "variance", "signal_to_noise", "bias", "bias_standard_error"})

    def test_table_says_what_json_does(self):
        table = self.gradients()
        self.assertIn("IWAE-2 at 4 pictures of the train split, 5 draws", table)
        for row in self.json()["estimators"]:
            line = next(line for line in table.splitlines() if line.startswith(f"{row['name']} "))
            if row["applicable"]:
                self.assertIn(f"{row['encoder']['signal_to_noise']:.4f}", line)
                self.assertIn(f"{row['decoder']['bias']:.3f}", line)
            else:
                self.assertIn(f"not applicable: {row['reason']}", line)

    def test_draws_a_plot(self):
        plot = self.folder / "new/plot.png"
        self.assertEqual(json.loads(self.gradients("--json", "--out", plot))["draws"], 5)
        width, height = program.png_size(plot)
        self.assertGreater(width, 600)
        self.assertGreater(height, 200)

    def test_is_a_function_of_the_seed(self):
        self.assertEqual(self.without_times("--seed", 5), self.without_times("--seed", 5))
        self.assertNotEqual(self.without_times("--seed", 5), self.without_times("--seed", 6))

    def test_takes_other_numbers_of_draws(self):
        given = self.json("--samples", 1, "--bounds", 3, "--split", "test")
        self.assertEqual((given["samples"], given["bounds"], given["split"]), (1, 3, "test"))
        self.assertTrue(all(row["applicable"] for row in given["estimators"]))

    def test_lists_what_the_posterior_cannot_serve(self):
        self.assert_done(self.train(model__posterior="planar"))
        rows = self.json(run_folder=self.folder / "run")["estimators"]
        self.assertEqual([row["name"] for row in rows if row["applicable"]], ["reparameterized"])

    def test_naive_cannot_be_trained_by(self):
        result = self.train(objective={"type": "elbo", "estimator": "naive"})
        self.assert_fails(result, 2, "objective.estimator", "naive", "reparameterized")



class ConditionalModel(ProgramTest):
    shared_settings = {"model__condition": {"embedding": 4}, "data__observation": "binarize",
                       "model__likelihood": "bernoulli"}
    classes = ["square", "ellipse", "triangle"]

    def sample(self, *options):
        result = run("sample", "--checkpoint", self.run_folder, *options)
        self.assert_done(result)

    def evaluate(self, *options):
        result = run("evaluate", "--checkpoint", self.run_folder, *options)
        self.assert_done(result)
        return result.stdout

    def test_sheet_has_a_row_for_each_class(self):
        file = self.folder / "sheet.png"
        self.sample("--all-classes", "--out", file)
        self.assertEqual(program.png_size(file), (10 * 10 + 2, 3 * 10 + 2))
        self.sample("--all-classes", "--count", 4, "--out", file)
        self.assertEqual(program.png_size(file), (4 * 10 + 2, 3 * 10 + 2))

    def test_files_of_all_classes_are_in_folders_of_their_names(self):
        self.sample("--all-classes", "--count", 2, "--out-dir", self.folder / "each")
        self.assertEqual(program.files(self.folder / "each"),
                         sorted(f"{name}/000{i}.png" for name in self.classes for i in range(2)))

    def test_picture_depends_on_the_class(self):
        self.sample("--all-classes", "--count", 1, "--temperature", 0, "--out-dir", self.folder / "each")
        pictures = {name: (self.folder / "each" / name / "0000.png").read_bytes() for name in self.classes}
        self.assertEqual(len(set(pictures.values())), 3)
        for name in self.classes:
            self.sample("--class", name, "--count", 1, "--temperature", 0, "--out-dir", self.folder / "one")
            self.assertEqual((self.folder / "one/0000.png").read_bytes(), pictures[name])

    def test_its_evaluation_reports_diversity(self):
        classes = json.loads(self.evaluate("--json"))["classes"]
        self.assertEqual(classes["names"], self.classes)
        self.assertEqual((classes["generative_classifier"], classes["softmax_classifier"]), ([], None))
        for row in classes["diversity"]:
            self.assertGreater(row["draws"], row["means"])
            self.assertGreater(row["data"], 0)

    def test_is_a_classifier(self):
        given = json.loads(self.evaluate("--json", "--classify", "--classifier-epochs", "2"))["classes"]
        rows = [*given["generative_classifier"], given["softmax_classifier"]]
        self.assertEqual([row["samples"] for row in rows[:-1]], [1, 10, 100])
        self.assertEqual(given["softmax_classifier"]["epochs"], 2)
        for row in rows:
            self.assertEqual(sum(map(sum, row["confusion"])), 16)
            self.assertAlmostEqual(row["accuracy"], sum(row["confusion"][i][i] for i in range(3)) / 16)
        table = self.evaluate("--classify", "--classifier-epochs", "2")
        for row in rows:
            self.assertIn(f"{100 * row['accuracy']:.2f}%", table)
        for name in self.classes:
            self.assertIn(name, table)

    def test_class_sheet_has_the_mean_beside_ten_samples(self):
        sheet = self.folder / "made" / "on the way" / "classes.png"
        self.evaluate("--out", sheet)
        self.assertEqual(program.png_size(sheet), (11 * 10 + 2, 3 * 10 + 2))


class FineTuning(ProgramTest):
    shared_settings = {}

    def fine_tune(self, **changes):
        return run("train", "--config", program.CONFIG, *program.settings(**changes), "--init", self.run_folder,
                   "--out", self.folder / "run")

    def test_begins_where_the_other_run_was_best(self):
        frozen = {"type": "sgd", "learning_rate": 1e-30}
        self.assert_done(self.fine_tune(training__optimizer=frozen, training__epochs=1))
        best = max(row["elbo"] for row in program.rows(self.run_folder) if row["split"] == "validation")
        self.assertEqual(program.rows(self.folder / "run")[-1]["elbo"], best)
        self.assertIn("9 tensors taken, none left", (self.folder / "run/log.txt").read_text())

    def test_lists_what_does_not_fit(self):
        result = self.fine_tune(model__latent=3)
        self.assert_done(result)
        self.assertIn("decoder.mlp.hidden0.weight is [8, 2] in the checkpoint, [8, 3] in the new model", result.stderr)


class Inspect(ProgramTest):
    shared_settings = {}

    def test_prints_what_a_checkpoint_holds(self):
        result = run("inspect", "--checkpoint", self.run_folder)
        self.assert_done(result)
        best = max(row["elbo"] for row in program.rows(self.run_folder) if row["split"] == "validation")
        for text in ("best.safetensors", "step        16, 2 epochs and 0 batches", f"ELBO {best:.4f} nats, epoch 2",
                     "8x8, 1 channels, 64 for training", "square, ellipse, triangle"):
            self.assertIn(text, result.stdout)
        config = result.stdout[result.stdout.index("\n{") + 1:]
        self.assertEqual(json.loads(config), json.loads((self.run_folder / "config.json").read_text()))

    def test_counts_parameters_by_module(self):
        lines = run("inspect", "--checkpoint", self.run_folder).stdout.splitlines()
        table = {name: int(count) for name, count in (line.split() for line in lines if line.startswith("  ") and
                                                      line.split()[-1].isdigit() and "." in line)}
        # 64 pixels, 8 hidden, 2 latents: weights and biases of each layer.
        self.assertEqual(table, {"encoder.mlp.hidden0": 64 * 8 + 8, "encoder.mlp.output": 8 * 4 + 4,
                                 "decoder.mlp.hidden0": 2 * 8 + 8, "decoder.mlp.output": 8 * 64 + 64,
                                 "likelihood.variance": 1})
        self.assertIn(f"parameters  {sum(table.values())}", lines)


class DataAndConfig(ProgramTest):
    def test_shapes_can_be_trained_on(self):
        result = run("data", "shapes", "--out", self.folder / "shapes", "--count", 20, "--height", 16, "--width", 12)
        self.assert_done(result)
        self.assertEqual(len((self.folder / "shapes/factors.csv").read_text().splitlines()), 21)
        folder = {"type": "folder", "path": str(self.folder / "shapes"), "height": 8, "width": 8}
        trained = self.train(data__train=folder, data__validation={"type": "fraction", "fraction": 0.2},
                             data__test="none")
        self.assert_done(trained)
        inspected = run("inspect", "--checkpoint", self.folder / "run").stdout
        self.assertIn("3 channels, 16 for training", inspected)
        self.assertIn("ellipse, square, triangle", inspected)

    def test_a_resolved_config_resolves_to_itself(self):
        first = run("config", "--resolve", program.CONFIG, "--set", "training.epochs=3")
        self.assert_done(first)
        self.assertEqual(json.loads(first.stdout)["training"]["epochs"], 3)
        (self.folder / "config.json").write_text(first.stdout)
        self.assertEqual(run("config", "--resolve", self.folder / "config.json").stdout, first.stdout)

    def test_help_and_version(self):
        for arguments in (["--help"], ["train", "--help"], ["data", "shapes", "--help"]):
            result = run(*arguments)
            self.assert_done(result)
            self.assertIn("--help", result.stdout)
        self.assertRegex(run("--version").stdout, r"^\d+\.\d+\.\d+\n$")


if __name__ == "__main__":
    unittest.main()
