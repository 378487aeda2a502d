"""How many workers `./run test` gives to pytest."""

import pytest

from launch.spread import MOST_WORKERS, ORDER, cores, spread


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "tests" / "metrics"
    folder.mkdir(parents=True)
    for number in range(5):
        (folder / f"test_{number}.py").touch()
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["-q", "--durations=5"],
        ["tests/metrics"],
        ["-k", "closing", "-x"],
        ["-m", "not stack", "-p", "no:randomly"],
        [f"tests/metrics/test_{number}.py" for number in range(4)],
    ],
)
def test_one_worker_a_core(root, words):
    assert spread(words, root, 4) == ["-n", "4", *ORDER]


@pytest.mark.parametrize(
    "words",
    [
        ["tests/metrics/test_1.py"],
        ["tests/metrics/test_1.py::test_x", "tests/metrics/test_2.py", "-q"],
        ["--pdb"],
        ["-s", "tests/metrics"],
        ["-p", "no:xdist"],
        ["-pno:xdist"],
        ["--collect-only"],
        ["--help"],
        ["-n0", "--dist=load"],
    ],
)
def test_without_workers_of_ours(root, words):
    assert spread(words, root, 4) == []


def test_one_core_is_no_reason_for_workers(root):
    assert spread([], root, 1) == []


def test_many_cores_share_one_server(root):
    assert spread([], root, 64) == ["-n", str(MOST_WORKERS), *ORDER]


def test_a_number_of_workers_is_honoured_and_the_order_kept(root):
    assert spread(["-n", "3"], root, 4) == spread(["--numprocesses=3"], root, 4) == ORDER
    assert spread(["-n3", "--dist", "load"], root, 4) == []


def test_cores_that_we_may_use():
    assert cores() >= 1
