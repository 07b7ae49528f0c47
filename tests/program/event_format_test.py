"""Event files open in TensorBoard and hold what metrics.jsonl, the picture folders, the config and the latents hold."""

import io
import json
import struct
import unittest

import program
from program import ProgramTest

program.require("numpy", "tensorboard", "PIL")
import numpy
from PIL import Image
from tensorboard import context
from tensorboard.backend.event_processing import data_provider, plugin_event_multiplexer
from tensorboard.plugins import base_plugin
from tensorboard.plugins.hparams import api_pb2, backend_context, get_experiment, list_session_groups
from tensorboard.backend.event_processing import event_accumulator
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader


class EventFormat(ProgramTest):
    shared_settings = {}

    def setUp(self):
        super().setUp()
        self.events = event_accumulator.EventAccumulator(
            str(self.run_folder), size_guidance={"scalars": 0, "images": 0, "histograms": 0}).Reload()

    def test_scalars_are_the_metrics_in_float32(self):
        expected = {}
        for line in (self.run_folder / "metrics.jsonl").read_text().splitlines():
            row = json.loads(line)
            for name, value in row.items():
                if name not in ("step", "epoch", "split"):
                    value = struct.unpack("f", struct.pack("f", value))[0]
                    expected.setdefault(f"{row['split']}/{name}", []).append((row["step"], value))
        given = {tag: [(event.step, event.value) for event in self.events.Scalars(tag)]
                 for tag in self.events.Tags()["scalars"]}
        self.assertEqual(given, expected)

    def test_pictures_are_those_in_the_folders(self):
        self.assertEqual(sorted(self.events.Tags()["images"]), ["reconstructions", "samples"])
        for tag in ("samples", "reconstructions"):
            images = self.events.Images(tag)
            self.assertEqual([image.step for image in images], [8, 16])
            for epoch, image in enumerate(images, start=1):
                decoded = Image.open(io.BytesIO(image.encoded_image_string))
                decoded.load()
                self.assertEqual(decoded.size, (image.width, image.height))
                file = self.run_folder / tag / f"epoch-000{epoch}.png"
                self.assertEqual(image.encoded_image_string, file.read_bytes())

    def test_histograms_are_of_the_posterior_means(self):
        result = program.run("encode", "--checkpoint", self.run_folder / "checkpoints/last.safetensors",
                             "--split", "validation", "--out", self.folder)
        self.assert_done(result)
        mu = numpy.load(self.folder / "mu.npy").astype(float)
        expected = {"latents/mu": mu, "latents/mu_00": mu[:, 0], "latents/mu_01": mu[:, 1]}
        self.assertEqual(sorted(self.events.Tags()["histograms"]), list(expected))
        for tag, numbers in expected.items():
            events = self.events.Histograms(tag)
            self.assertEqual([event.step for event in events], [8, 16])
            given = events[-1].histogram_value
            numpy.testing.assert_allclose(
                [given.min, given.max, given.num, given.sum, given.sum_squares],
                [numbers.min(), numbers.max(), numbers.size, numbers.sum(), (numbers ** 2).sum()], rtol=1e-5)
            cumulated = [(numbers <= limit + 1e-6).sum() for limit in given.bucket_limit]
            numpy.testing.assert_allclose(numpy.cumsum(given.bucket), cumulated, atol=1)  # one may lie on a limit


def hyper_parameter_table(folder):
    """What the tab HPARAMS shows of the runs below a folder: {run: (hyper-parameters, metrics)}."""
    multiplexer = plugin_event_multiplexer.EventMultiplexer().AddRunsFromDirectory(str(folder)).Reload()
    provider = data_provider.MultiplexerDataProvider(multiplexer, str(folder))
    backend = backend_context.Context(base_plugin.TBContext(data_provider=provider, multiplexer=multiplexer))
    request = context.RequestContext()
    experiment = get_experiment.Handler(request, backend, "", api_pb2.GetExperimentRequest(include_metrics=True)).run()
    wanted = api_pb2.ListSessionGroupsRequest(
        start_index=0, slice_size=100, allowed_statuses=[api_pb2.STATUS_UNKNOWN, api_pb2.STATUS_SUCCESS],
        aggregation_type=api_pb2.AGGREGATION_AVG, include_metrics=True,
        col_params=[api_pb2.ColParams(metric=info.name) for info in experiment.metric_infos])
    groups = list_session_groups.Handler(request, backend, "", wanted).run().session_groups
    table = {}
    for group in groups:
        for session in group.sessions:
            table[session.name] = (
                {name: getattr(value, value.WhichOneof("kind")) for name, value in group.hparams.items()},
                {metric.name.tag if not metric.name.group else f"{metric.name.group}/{metric.name.tag}": metric.value
                 for metric in session.metric_values})
    return table


class HyperParameters(ProgramTest):
    def test_are_shown_with_the_metrics_of_each_run(self):
        for latent in (2, 3):
            self.assert_done(self.train(f"runs/{latent}", model__latent=latent))
        table = hyper_parameter_table(self.folder / "runs")
        self.assertEqual(sorted(table), ["2", "3"])
        for run, (values, metrics) in table.items():
            self.assertEqual(values["model.latent"], float(run))
            self.assertEqual(values["model.encoder.type"], "mlp")
            self.assertEqual(values["model.encoder.hidden"], "[8]")
            self.assertIs(values["training.drop_last"], False)
            validation = [row for row in program.rows(self.folder / "runs" / run) if row["split"] == "validation"]
            self.assertAlmostEqual(metrics["validation/elbo"], validation[-1]["elbo"], places=3)

    def test_and_histograms_are_there_once_after_a_resume(self):
        self.assert_done(self.train(training__epochs=1))
        self.assert_done(program.run("train", "--resume", self.folder / "run", "--set", "training.epochs=2"))
        loader = EventFileLoader(str(self.folder / "run/events.out.tfevents.0.vae"))
        tags = [(event.step, value.tag) for event in loader.Load() for value in event.summary.value]
        self.assertEqual(tags.count((0, "_hparams_/session_start_info")), 1)
        self.assertEqual([step for step, tag in tags if tag == "latents/mu"], [8, 16])


if __name__ == "__main__":
    unittest.main()
