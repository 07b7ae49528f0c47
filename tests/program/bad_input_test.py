"""Every mistake ends with one line on stderr that says what, where and what to do, and with the exit code of its kind."""

import io
import json
import unittest

import program
from program import ProgramTest, run, settings

USAGE, DATA, DIVERGED, OUT_OF_MEMORY, INPUT_OUTPUT, CHECKPOINT = 2, 3, 4, 5, 6, 7


class CommandLine(ProgramTest):
    shared_settings = {"training__epochs": 1}

    def test_nothing(self):
        self.assert_fails(run(), USAGE, "required", "vae --help")

    def test_unknown_command(self):
        self.assert_fails(run("trian"), USAGE, '"trian"', 'did you mean "train"?')
        self.assert_fails(run("banana"), USAGE, '"banana"', "vae --help")

    def test_mistyped_option(self):
        self.assert_fails(run("train", "--confg", "a.json"), USAGE, '"--confg"', 'did you mean "--config"?')
        self.assert_fails(run("sample", "--checkpoint", self.run_folder, "--uot", "a.png"), USAGE, '"--uot"', '"--out"')

    def test_missing_option(self):
        self.assert_fails(run("train"), USAGE, "--config", "--resume")
        self.assert_fails(run("sample", "--out", "a.png"), USAGE, "--checkpoint", "required")
        self.assert_fails(run("sample", "--checkpoint", self.run_folder), USAGE, "--out", "--out-dir")

    def test_options_that_exclude_each_other(self):
        self.assert_fails(run("train", "--resume", self.run_folder, "--out", self.folder), USAGE, "--out", "--resume")

    def test_values_out_of_range(self):
        sample = ["sample", "--checkpoint", self.run_folder, "--out", self.folder / "a.png"]
        for option, value in (("--count", "0"), ("--count", "-1"), ("--count", "many"), ("--seed", "-1"),
                              ("--seed", "99999999999999999999"), ("--temperature", "-1"), ("--temperature", "nan"),
                              ("--seed", "1x")):
            with self.subTest(f"{option} {value}"):
                self.assert_fails(run(*sample, option, value), USAGE, option)
        self.assert_fails(run(*sample, "--show", "median"), USAGE, "--show", "{draw,mean}")
        for command in ("evaluate", "gradients"):
            self.assert_fails(run(command, "--checkpoint", self.run_folder, "--split", "all"), USAGE, "--split",
                              "{test,train,validation}")
        for option, value in (("--draws", "1"), ("--samples", "0"), ("--bounds", "0"), ("--batch-size", "0"),
                              ("--seed", "-1")):
            with self.subTest(f"gradients {option} {value}"):
                self.assert_fails(run("gradients", "--checkpoint", self.run_folder, option, value), USAGE, option)

    def test_a_class_for_a_model_without_classes(self):
        result = run("sample", "--checkpoint", self.run_folder, "--out", self.folder / "a.png", "--class", "3")
        self.assert_fails(result, USAGE, "--class 3", "not conditioned")

    def test_what_only_models_with_classes_can_do(self):
        sample = ["sample", "--checkpoint", self.run_folder, "--out", self.folder / "a.png"]
        self.assert_fails(run(*sample, "--all-classes"), USAGE, "--all-classes", "not conditioned")
        self.assert_fails(run(*sample, "--all-classes", "--class", "3"), USAGE, "--all-classes", "--class")
        evaluate = ["evaluate", "--checkpoint", self.run_folder]
        for options in (["--classify"], ["--classifier-epochs", "1"], ["--out", self.folder / "a.png"]):
            self.assert_fails(run(*evaluate, *options), USAGE, options[0], "not conditioned")
        self.assert_fails(run(*evaluate, "--classifier-epochs", "-1"), USAGE, "--classifier-epochs")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_beginning_that_does_not_fit(self):
        train = ["train", "--config", program.CONFIG, "--out", self.folder / "run", "--init"]
        self.assert_fails(run(*train, self.folder / "missing"), CHECKPOINT, "no such checkpoint")
        self.assert_fails(run("train", "--resume", self.run_folder, "--init", self.run_folder), USAGE, "--init")
        other = settings(model__encoder={"type": "mlp", "hidden": []}, model__decoder={"type": "mlp", "hidden": []},
                         model__latent=5, model__likelihood={"type": "gaussian", "variance": "per_pixel"})
        self.assert_fails(run(*train, self.run_folder, *other), CHECKPOINT, "no tensor", "--init")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_device_that_is_not_there(self):
        self.assert_fails(self.train(device="cuda:77"), USAGE, 'device "cuda:77"', "CUDA card", '"cpu"')
        result = run("sample", "--checkpoint", self.run_folder, "--out", self.folder / "a.png", "--device", "cuda:77")
        self.assert_fails(result, USAGE, 'device "cuda:77"')
        self.assert_fails(self.train(device="tpu"), USAGE, 'device "tpu"', '"cuda:N"')
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_split_that_the_config_lacks(self):
        self.assert_done(self.train(data__test="none"))
        for command in (("evaluate",), ("gradients", "--split", "test")):
            self.assert_fails(run(*command, "--checkpoint", self.folder / "run"), USAGE, "--split test", "data.test",
                              "none")


class Config(ProgramTest):
    def resolve(self, text, *options):
        file = self.folder / "config.json"
        file.write_text(text)
        return run("config", "--resolve", file, *options)

    def test_that_is_missing(self):
        result = run("train", "--config", self.folder / "missing.json")
        self.assert_fails(result, USAGE, self.folder / "missing.json", "no such file")

    def test_that_is_a_folder(self):
        self.assert_fails(run("train", "--config", self.folder), USAGE, self.folder)

    def test_with_any_mistake(self):
        mistakes = {
            "unknown key": ('"model": {"latnt": 3}', ["model.latnt", 'did you mean "latent"?']),
            "duplicate key": ('"seed": 1, "seed": 2', ["seed"]),
            "string for a number": ('"model": {"latent": "3"}', ["model.latent", "integer"]),
            "number for a string": ('"name": 3', ["name", "string"]),
            "array for an object": ('"model": []', ["model", "object"]),
            "fraction for an integer": ('"model": {"latent": 1.5}', ["model.latent", "1.5", "integer"]),
            "out of range": ('"model": {"latent": 0}', ["model.latent", "0"]),
            "overflow": ('"training": {"epochs": 99999999999999999999}', ["training.epochs"]),
            "overflow to infinity": ('"objective": {"type": "elbo", "beta": 1e999}', ["objective.beta", "1e999"]),
            "not a number": ('"training": {"clip_norm": NaN}', [":1:"]),
            "unknown type": ('"training": {"optimizer": "adamm"}', ["training.optimizer", "adamm", '"adam"']),
            "key of another type": ('"training": {"optimizer": {"type": "sgd", "beta1": 0}}',
                                    ["training.optimizer.beta1"]),
            "unknown name": ('"precision": "float16"', ["precision", "float16", "bfloat16"]),
            "bad folder name": ('"name": "a/b"', ["name"]),
            "not JSON": ('"seed": 1,\n  "name" "x"', [":2:"]),
        }
        for name, (mistake, words) in mistakes.items():
            with self.subTest(name):
                text = f'{{"data": {{"train": "shapes"}}, {mistake}}}'
                self.assert_fails(self.resolve(text), USAGE, "config.json", *words)

    def test_without_what_it_needs(self):
        for text, words in (("{}", ["data"]), ('{"data": {}}', ["data.train"]), ('{"seed": 1', []), ("", []),
                            ("null", []), ("\xff", [])):
            with self.subTest(text):
                self.assert_fails(self.resolve(text), USAGE, "config.json", *words)

    def test_with_a_bad_override(self):
        text = '{"data": {"train": "shapes"}}'
        for override, words in (("model.latnt=3", ["model.latnt", "latent"]), ("model.latent=many", ["model.latent"]),
                                ("model.latent", ["model.latent", "="]), ("training.clip_norm=NaN", ["clip_norm"]),
                                ("training.epochs=1e99", ["training.epochs"])):
            with self.subTest(override):
                self.assert_fails(self.resolve(text, "--set", override), USAGE, "--set", *words)

    def test_that_names_the_line(self):
        self.assert_fails(self.resolve('{\n  "data": {"train": "shapes"},\n  "sede": 1\n}'), USAGE, "config.json:3",
                          "sede", "seed")


class Model(ProgramTest):
    def assert_leaves_nothing(self):
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_too_deep_for_the_picture(self):
        deep = {"type": "conv", "channels": [4, 4, 4, 4]}  # 8x8 can be halved three times
        self.assert_fails(self.train(model__encoder=deep), USAGE, "model", "4 halvings", "8x8", "fewer")
        self.assert_leaves_nothing()

    def test_with_a_batch_that_is_never_full(self):
        result = self.train(training__batch_size=65, training__drop_last=True)
        self.assert_fails(result, USAGE, "training.batch_size", "65", "64", "drop_last")
        self.assert_leaves_nothing()

    def test_that_does_not_fit_into_memory(self):
        huge = {"type": "mlp", "hidden": [10**12]}  # more than a processor can address
        self.assert_fails(self.train(model__encoder=huge), OUT_OF_MEMORY, "out of memory", "smaller model")
        self.assert_leaves_nothing()

    def test_that_diverges(self):
        result = self.train(training__optimizer={"type": "adam", "learning_rate": 1e30}, training__epochs=50)
        self.assertEqual(result.returncode, DIVERGED, result.stderr)
        lines = result.stderr.splitlines()
        self.assertIn("were skipped", result.stderr)
        self.assertTrue(lines[-1].startswith("error: step "), result.stderr)
        self.assertIn("training.optimizer.learning_rate", lines[-1])


class Data(ProgramTest):
    def train_on(self, kind, **source):
        return self.train(data__train={"type": kind, **source}, data__validation="none", data__test="none")

    def train_on_folder(self, channels=1):
        return self.train_on("folder", path=str(self.folder / "pictures"), channels=channels, height=8, width=8)

    def pictures(self, **contents):
        (self.folder / "pictures").mkdir()
        for name, content in contents.items():
            (self.folder / "pictures" / name.replace("_", ".")).write_bytes(content)

    def assert_no_run(self):
        self.assertFalse((self.folder / "run").exists())

    def test_that_is_missing(self):
        self.assert_fails(self.train_on("idx", images=str(self.folder / "images")), DATA, self.folder / "images",
                          "no such file")
        self.assert_fails(self.train_on_folder(), DATA, self.folder / "pictures")
        self.assert_no_run()

    def test_in_an_empty_folder(self):
        self.pictures()
        self.assert_fails(self.train_on_folder(), DATA, self.folder / "pictures", "JPEG")
        self.assert_no_run()

    def test_in_a_folder_of_texts(self):
        self.pictures(a_txt=b"text", b_jpg=b"more text")
        self.assert_fails(self.train_on_folder(), DATA, self.folder / "pictures", "JPEG")
        self.assert_no_run()

    def test_with_texts_between_pictures_only_warns(self):
        self.pictures(a_txt=b"text", b_png=program.png(8, 8), c_png=program.png(9, 20))
        result = self.train_on_folder(channels=3)
        self.assert_done(result)
        self.assertIn("warning: ", result.stderr)
        self.assertIn("1 files are no pictures", result.stderr)

    def test_with_a_truncated_png(self):
        self.pictures(a_png=program.png(8, 8), b_png=program.png(50, 50)[:60])
        self.assert_fails(self.train_on_folder(), DATA, "pictures/b.png")
        self.assert_no_run()

    def test_with_a_truncated_jpeg(self):
        self.pictures(a_jpg=truncated_jpeg())
        self.assert_fails(self.train_on_folder(), DATA, "pictures/a.jpg")
        self.assert_no_run()

    def test_with_a_truncated_idx_file(self):
        images = self.folder / "images"
        whole = program.idx(32, 8, 8)
        for size in (0, 3, 15, 16, len(whole) - 1):
            images.write_bytes(whole[:size])
            self.assert_fails(self.train_on("idx", images=str(images)), DATA, images)
        images.write_bytes(whole + b"x")
        self.assert_fails(self.train_on("idx", images=str(images)), DATA, images)
        self.assert_no_run()

    def test_with_labels_of_other_pictures(self):
        (self.folder / "images").write_bytes(program.idx(32, 8, 8))
        (self.folder / "labels").write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 31]) + bytes(31))
        result = self.train_on("idx", images=str(self.folder / "images"), labels=str(self.folder / "labels"))
        self.assert_fails(result, DATA, "labels", "31", "32")

    def test_of_another_size_for_validation(self):
        result = self.train(data__validation={"type": "shapes", "count": 8, "height": 9, "width": 8})
        self.assert_fails(result, DATA, "validation", "9 x 8", "8 x 8")
        self.assert_no_run()

    def test_of_another_size_than_the_checkpoint(self):
        images = self.folder / "images"
        images.write_bytes(program.idx(32, 8, 8))
        self.assert_done(self.train_on("idx", images=str(images)))
        images.write_bytes(program.idx(32, 9, 8))
        result = run("evaluate", "--checkpoint", self.folder / "run", "--split", "train")
        self.assert_fails(result, DATA, "data.train", "another size")


class Checkpoint(ProgramTest):
    shared_settings = {"training__epochs": 1}

    def setUp(self):
        super().setUp()
        self.content = (self.run_folder / "checkpoints/last.safetensors").read_bytes()
        self.file = self.folder / "a.safetensors"

    def assert_refused(self, content, *words):
        self.file.write_bytes(content)
        self.assert_fails(run("inspect", "--checkpoint", self.file), CHECKPOINT, self.file, *words)

    def test_cut_in_half(self):
        self.assert_refused(self.content[:len(self.content) // 2])
        for arguments in (["sample", "--out", self.folder / "a.png"], ["evaluate"]):
            self.assert_fails(run(*arguments, "--checkpoint", self.file), CHECKPOINT, self.file)
        self.assertFalse((self.folder / "a.png").exists())

    def test_with_a_changed_byte(self):
        for position in (20, len(self.content) // 2, len(self.content) - 1):
            damaged = bytearray(self.content)
            damaged[position] ^= 1
            self.assert_refused(bytes(damaged))

    def test_that_is_none(self):
        self.assert_refused(b"")
        self.assert_refused(b"a text\n" * 10)
        self.assert_refused(program.png(8, 8))

    def test_of_another_program(self):
        header = json.dumps({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
        self.assert_refused(len(header).to_bytes(8, "little") + header + bytes(4), "not a checkpoint")

    def test_that_is_missing(self):
        self.assert_fails(run("inspect", "--checkpoint", self.file), CHECKPOINT, self.file, "no such checkpoint")
        self.assert_fails(run("inspect", "--checkpoint", self.folder), CHECKPOINT, self.folder, "last.safetensors")

    def test_damaged_in_a_run_that_is_resumed(self):
        self.assert_done(self.train(training__epochs=1))
        last = self.folder / "run/checkpoints/last.safetensors"
        for checkpoint in (self.folder / "run/checkpoints").iterdir():
            checkpoint.unlink()  # they may be names of one file
            checkpoint.write_bytes(self.content[:1000])
        self.assert_fails(run("train", "--resume", self.folder / "run"), CHECKPOINT, last)


class Output(ProgramTest):
    shared_settings = {"training__epochs": 1}

    def setUp(self):
        super().setUp()
        # Not even root can make a folder here.
        (self.folder / "file").write_text("text")
        self.out = self.folder / "file" / "out"

    def test_of_a_run_that_can_not_be_written(self):
        result = run("train", "--config", program.CONFIG, "--out", self.out)
        self.assert_fails(result, INPUT_OUTPUT, self.out, "--out")

    def test_of_pictures_that_can_not_be_written(self):
        sample = ["sample", "--checkpoint", self.run_folder]
        self.assert_fails(run(*sample, "--out", self.out / "a.png"), INPUT_OUTPUT, self.out)
        self.assert_fails(run(*sample, "--out-dir", self.out), INPUT_OUTPUT, self.out)
        self.assert_fails(run(*sample, "--out", "/proc/vae/a.png"), INPUT_OUTPUT, "/proc/vae")
        self.assert_fails(run("data", "shapes", "--out", self.out), INPUT_OUTPUT, self.out)

    def test_of_shapes_into_a_folder_that_holds_something(self):
        self.assert_fails(run("data", "shapes", "--out", self.folder), USAGE, self.folder, "not an empty folder")


def truncated_jpeg():
    try:
        from PIL import Image
    except ImportError:  # its head at least
        return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xdb\x00\x43"
    buffer = io.BytesIO()
    Image.effect_noise((64, 64), 50).save(buffer, "JPEG")
    return buffer.getvalue()[:len(buffer.getvalue()) // 2]


if __name__ == "__main__":
    unittest.main()
