"""The page that says where things are names each room on its floor, and only what there is."""

import re
from pathlib import Path

import pytest
from test_imports import LAYERS

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "house.rst"
if not PAGE.exists():
    pytest.skip("the documentation is beside the tests in a checkout only", allow_module_level=True)
TEXT = PAGE.read_text(encoding="utf-8")
ROWS = re.findall(r"\* - (\d+)\n     - `(\w+)`\n     - (.*?)(?=\n   \* -|\n\n)", TEXT, re.DOTALL)


def test_each_room_is_on_its_floor():
    floors = {room: int(floor) for floor, room, _ in ROWS}
    assert floors == {room: i for i, rooms in enumerate(LAYERS, start=1) for room in rooms}
    assert len(ROWS) == len(floors)


@pytest.mark.parametrize(("room", "text"), [row[1:] for row in ROWS])
def test_private_folders_are_named(room, text):
    folders = {
        path.parent.name
        for path in (ROOT / "skdir" / room).glob("_*/__init__.py")
        # A folder for each display is one sentence.
        if room != "inspection" or path.parent.name == "_target_report"
    }
    named = set(re.findall(r"`(_\w+)`", text))
    assert folders <= named
    for name in named:
        assert list((ROOT / "skdir" / room).glob(f"{name}*")), name


def test_commands_exist():
    commands = re.findall(r"^    make ([\w-]+)", TEXT, re.MULTILINE)
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert commands and set(commands) <= set(targets)
