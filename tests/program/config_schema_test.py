"""The JSON Schema of configs accepts what the program accepts, and refuses what it refuses."""

import copy
import json
import re
import unittest

import program
from program import ProgramTest, run

program.require("jsonschema")
import jsonschema

CONFIGS = sorted((program.ROOT / "configs").glob("*.json"))


def without_comments(text):
    return re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)


class ConfigSchema(ProgramTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.schema = json.loads(run("config", "--schema").stdout)
        cls.validator = jsonschema.Draft202012Validator(cls.schema)

    def test_is_a_schema_of_its_draft(self):
        self.assertEqual(self.schema["$schema"], "https://json-schema.org/draft/2020-12/schema")
        jsonschema.Draft202012Validator.check_schema(self.schema)

    def test_accepts_every_example_as_written_and_resolved(self):
        self.assertGreater(len(CONFIGS), 0)
        for config in CONFIGS:
            with self.subTest(config.name):
                self.validator.validate(json.loads(without_comments(config.read_text())))
                self.validator.validate(json.loads(run("config", "--resolve", config).stdout))

    def test_describes_every_key(self):
        def described(node, path):
            for key, value in node.get("properties", {}).items():
                if key != "type":
                    self.assertTrue(value.get("description"), f"{path}.{key}")
                described(value, f"{path}.{key}")
        described(self.schema, "")

    def test_refuses_what_the_program_refuses(self):
        whole = json.loads(run("config", "--resolve", program.CONFIG).stdout)
        mistakes = {
            "unknown key": lambda config: config["model"].update(latnt=3),
            "missing key": lambda config: config.pop("data"),
            "wrong type": lambda config: config["model"].update(latent="3"),
            "fraction for an integer": lambda config: config["model"].update(latent=1.5),
            "out of range": lambda config: config["training"].update(epochs=0),
            "at an open end": lambda config: config["training"].update(ema=1),
            "unknown row": lambda config: config["training"].update(optimizer="adamm"),
            "key of another row": lambda config: config["training"].update(optimizer={"type": "sgd", "beta1": 0.5}),
            "unknown name": lambda config: config.update(precision="float16"),
            "element out of range": lambda config: config["model"]["encoder"].update(channels=[0]),
        }
        for name, mistake in mistakes.items():
            with self.subTest(name):
                config = copy.deepcopy(whole)
                mistake(config)
                self.assertFalse(self.validator.is_valid(config))
                (self.folder / "config.json").write_text(json.dumps(config))
                self.assertEqual(run("config", "--resolve", self.folder / "config.json").returncode, 2)


if __name__ == "__main__":
    unittest.main()
