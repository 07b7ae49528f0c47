"""report.html: what it holds, that it needs nothing else, and that a browser shows it."""

import html.parser
import json
import shutil
import subprocess
import tempfile
import unittest

import program
from program import ProgramTest, run, settings

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

# Uses the page as a person would, and leaves what was seen in the page's title.
PROBE = """
<script>
const seen = {};
const box = document.querySelector(".sheets"), slider = box.querySelector("input");
const shown = () => [...box.querySelectorAll(".sheet")].map(
  sheet => [...sheet.querySelectorAll("img")].findIndex(image => !image.hidden));
seen.before = shown();
slider.value = 0;
slider.dispatchEvent(new Event("input"));
seen.after = shown();
seen.epoch = box.querySelector("output").textContent;
function hover(target) {
  const at = target.getBoundingClientRect();
  target.dispatchEvent(new PointerEvent("pointermove",
    {bubbles: true, clientX: at.left + at.width / 2, clientY: at.top + at.height / 2}));
  return document.getElementById("tip").textContent;
}
seen.line = hover(document.querySelector(".line-chart svg"));
seen.bar = hover(document.querySelector(".bar"));
seen.point = hover(document.querySelector(".point"));
document.querySelector("[data-group]").click();
seen.dimmed = document.querySelectorAll(".point.dim").length;
seen.points = document.querySelectorAll(".point").length;
seen.broken = [...document.images].filter(image => !image.naturalWidth).length;
seen.overflow = document.documentElement.scrollWidth - innerWidth;
document.title = JSON.stringify(seen);
</script>
"""


class Links(html.parser.HTMLParser):
    """Everything that a page names for a browser to fetch."""

    def __init__(self, text):
        super().__init__()
        self.found, self.tags = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.found += [value for name, value in attributes if name in ("src", "href", "srcset", "action", "poster")]


def browse(page, *, dark=False):
    """What the browser logged to the console, and the page's elements once its script has run."""
    with tempfile.TemporaryDirectory() as profile:
        result = subprocess.run(
            [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}",
             "--enable-logging=stderr", "--log-level=0", "--window-size=1280,2000", "--virtual-time-budget=2000",
             f"--blink-settings=preferredColorScheme={0 if dark else 1}", "--dump-dom", page.as_uri()],
            capture_output=True, text=True, timeout=100)
    assert result.returncode == 0, result.stderr
    return [line for line in result.stderr.splitlines() if "CONSOLE" in line], result.stdout


class ReportTest(ProgramTest):
    shared_settings = {"model__latent": 3}

    def report(self, *runs):
        out = self.folder / "page.html"
        result = run("report", *runs, "--out", out)
        self.assert_done(result)
        self.assertEqual(result.stdout, f"{out}\n")
        return out.read_text()


class Report(ReportTest):
    def test_is_what_a_run_ends_with(self):
        self.assertEqual(self.report(self.run_folder), (self.run_folder / "report.html").read_text())

    def test_is_left_out_on_request(self):
        self.assert_done(run("train", "--config", program.CONFIG, "--out", self.folder / "run", "--no-report"))
        self.assertFalse((self.folder / "run/report.html").exists())

    def test_that_cannot_be_written_fails_no_run(self):
        self.assert_done(self.train(training__epochs=1))
        (self.folder / "run/report.html").unlink()
        (self.folder / "run/report.html").mkdir()
        result = run("train", "--resume", self.folder / "run", "--set", "training.epochs=2")
        self.assert_done(result)
        self.assertIn("warning: no report.html:", result.stderr)

    def test_goes_by_default_where_the_runs_are(self):
        run_folder = self.folder / "run"
        shutil.copytree(self.run_folder, run_folder)
        (run_folder / "report.html").unlink()
        self.assert_done(run("report", run_folder))
        self.assertTrue((run_folder / "report.html").exists())
        self.assert_done(run("report", run_folder, self.run_folder, cwd=self.folder))
        self.assertTrue((self.folder / "report.html").exists())

    def test_fetches_nothing(self):
        for page in (self.report(self.run_folder), self.report(self.run_folder, self.run_folder)):
            links = Links(page)
            self.assertGreater(links.tags.count("img"), 4)
            self.assertEqual([link for link in links.found if not link.startswith("data:")], [])
            self.assertIn("default-src 'none'", page)
            self.assertNotIn("url(", page)
            self.assertNotIn("@import", page)

    def test_holds_all_numbers(self):
        page = self.report(self.run_folder)
        rows = [row for row in program.rows(self.run_folder) if row["split"] == "validation"]
        for row in rows:
            self.assertIn(f"{row['elbo']!r}]".replace('"', "&quot;"), page)
        for key in ("learning_rate", "likelihood", "dequantize"):
            self.assertIn(key, page)
        environment = json.loads((self.run_folder / "environment.json").read_text())
        self.assertIn(environment["processor"], page)

    def test_names_a_published_result(self):
        self.assert_done(self.train(training__epochs=1, paper={
            "source": "Someone 2014, A <paper>", "table": "Table 1", "expected": -90.5, "note": "smaller"}))
        page = (self.folder / "run/report.html").read_text()
        for text in ("Someone 2014, A &lt;paper&gt;", "Table 1", "\N{MINUS SIGN}90.5 nats", "smaller"):
            self.assertIn(text, page)

    def test_of_several_runs_shows_what_differs_and_marks_the_best(self):
        self.assert_done(self.train("other", model__latent=3, training__optimizer={"type": "adam", "learning_rate": 1e-9}))
        page = self.report(self.folder / "other", self.run_folder)
        self.assertIn('class="key">training.<wbr>optimizer.<wbr>learning_rate<', page)
        self.assertEqual(page.count('class="key"'), 1)
        best = page[page.index('<tr class="best">'):].split("</tr>")[0]
        self.assertIn("</i>run</th>", best)
        self.assertEqual(page.count('<tr class="best">'), 1)

    def test_marks_none_where_numbers_do_not_compare(self):
        self.assert_done(self.train("other", data__observation="none", model__likelihood="bernoulli"))
        self.assertNotIn('<tr class="best">', self.report(self.folder / "other", self.run_folder))

    def test_does_without_data_that_is_gone(self):
        (self.folder / "images").write_bytes(program.idx(32, 8, 8))
        self.assert_done(self.train(data__train={"type": "idx", "images": str(self.folder / "images")},
                                    data__validation="none", data__test="none"))
        (self.folder / "images").unlink()
        page = self.report(self.folder / "run")
        self.assertIn("Not shown:", page)
        self.assertIn("Samples", page)

    def test_shows_models_of_every_kind(self):
        for name, changes in {
            "one latent": {"model__latent": 1},
            "categories": {"model__latent": 4, "model__posterior": {"type": "categorical", "categories": 2},
                           "model__prior": "uniform_categorical"},
            "flow": {"model__posterior": "iaf"},
            "classes": {"model__condition": {"embedding": 2}},
            "importance weighted": {"objective": "iwae"},
            "no validation": {"data__validation": "none"},
        }.items():
            with self.subTest(name):
                folder = name.replace(" ", "-")
                result = self.train(folder, training__epochs=1, **changes)
                self.assert_done(result)
                self.assertNotIn("no report", result.stderr)
                page = (self.folder / folder / "report.html").read_text()
                self.assertNotIn("Not shown:", page)
                self.assertNotIn("nan", page.split("<main>")[1].split("data:image")[0])

    def test_of_what_is_no_run_is_refused(self):
        self.assert_fails(run("report", self.folder), 7, self.folder, "is no folder of a run")
        self.assert_fails(run("report", self.folder / "none"), 7, self.folder / "none")


@unittest.skipUnless(CHROMIUM, "no Chromium in the PATH")
class InABrowser(ReportTest):
    def test_loads_without_an_error_or_a_request(self):
        # A request would be against the page's own policy, and refusing it an error on the console.
        for runs in ([self.run_folder], [self.run_folder, self.run_folder]):
            self.report(*runs)
            for dark in (False, True):
                with self.subTest(runs=len(runs), dark=dark):
                    self.assertEqual(browse(self.folder / "page.html", dark=dark)[0], [])

    def test_a_request_would_be_seen(self):
        page = self.folder / "page.html"
        page.write_text(self.report(self.run_folder).replace("</main>", '<img src="http://127.0.0.1:9/x.png"></main>'))
        self.assertNotEqual(browse(page)[0], [])

    def test_answers_to_the_pointer(self):
        page = self.folder / "page.html"
        page.write_text(self.report(self.run_folder).replace("</body>", PROBE + "</body>"))
        console, elements = browse(page)
        self.assertEqual(console, [])
        title = elements[elements.index("<title>") + 7:elements.index("</title>")]
        seen = json.loads(html.unescape(title))
        self.assertEqual(seen["before"], [1, 1])
        self.assertEqual(seen["after"], [0, 0])
        self.assertEqual(seen["epoch"], "epoch 1")
        self.assertRegex(seen["line"], r"^epoch [\d.]+.*validation")
        self.assertRegex(seen["bar"], r"^z\d: ")
        self.assertRegex(seen["point"], r"^\d+ · (square|ellipse|triangle)$")
        self.assertTrue(0 < seen["dimmed"] < seen["points"])
        self.assertEqual(seen["points"], 16)
        self.assertEqual(seen["broken"], 0)
        self.assertLessEqual(seen["overflow"], 0)


if __name__ == "__main__":
    unittest.main()
