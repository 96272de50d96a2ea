"""The examples for containers and clusters fit this Footnote: nobody could run them where they were written."""

import re
import shlex

import pytest
import typer

from index.milvus.address import Address
from qa.cli import app
from tests.sources import ROOT

yaml = pytest.importorskip("yaml")

COMPOSE = yaml.safe_load((ROOT / "docs/compose.yaml").read_text("utf-8"))
OBJECTS = list(yaml.safe_load_all((ROOT / "docs/kubernetes.yaml").read_text("utf-8")))
BY_KIND = {(each["kind"], each["metadata"]["name"]): each for each in OBJECTS}
JOB = BY_KIND["RayJob", "first-sync"]["spec"]
CLUSTER = JOB["rayClusterSpec"]
GROUPS = [CLUSTER["headGroupSpec"], *CLUSTER["workerGroupSpecs"]]
DEPLOYMENTS = [each["spec"] for each in OBJECTS if each["kind"] == "Deployment"]
PODS = [each["template"]["spec"] for each in [*GROUPS, *DEPLOYMENTS]]
CONTAINERS = [container for pod in PODS for container in pod["containers"]]

COMMANDS = [
    *(service["command"] for service in COMPOSE["services"].values() if service.get("command", [""])[0] == "footnote"),
    shlex.split(JOB["entrypoint"]),
    *(container["command"] for container in CONTAINERS if "command" in container),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[:2]))
def test_every_command_has_only_options_that_there_are(command):
    program, name, *arguments = command
    assert program == "footnote"
    found = typer.main.get_command(app).commands[name]
    with found.make_context(name, list(arguments)) as context:
        given = context.params
    values = [each for value in given.values() for each in (value if isinstance(value, list | tuple) else [value])]
    assert "/documents" in [str(value) for value in values]


def test_there_are_as_many_commands_as_processes():
    assert len(COMMANDS) == 3 + 1 + 2


def test_every_variable_is_one_that_footnote_reads():
    named = {*COMPOSE["x-footnote"]["environment"], *BY_KIND["ConfigMap", "footnote"]["data"]}
    source = "".join(path.read_text("utf-8") for folder in ("index", "qa") for path in (ROOT / folder).rglob("*.py"))
    assert named
    assert [name for name in named if f'"{name}"' not in source] == []


def test_both_keep_the_index_where_their_milvus_is():
    inside = Address.of(COMPOSE["x-footnote"]["environment"]["FOOTNOTE_STORE"])
    assert inside.host in COMPOSE["services"]
    address = Address.of(BY_KIND["ConfigMap", "footnote"]["data"]["FOOTNOTE_STORE"])
    names = [name for kind, name in BY_KIND if kind == "Milvus"]
    assert [f"{name}-milvus" for name in names] == [address.host]
    versions = {
        COMPOSE["services"]["milvus"]["image"],
        BY_KIND["Milvus", "index"]["spec"]["components"]["image"],
    }
    assert len(versions) == 1
    assert re.search(r":v2\.(?:[5-9]|\d\d)", versions.pop()), "2.5 brought BM25"


def test_one_process_writes_and_several_answer():
    writer, front = BY_KIND["Deployment", "writer"]["spec"], BY_KIND["Deployment", "front"]["spec"]
    assert (writer["replicas"], writer["strategy"]) == (1, {"type": "Recreate"})
    assert front["replicas"] > 1
    assert "--no-watch" in front["template"]["spec"]["containers"][0]["command"]
    assert "--no-watch" in COMPOSE["services"]["front-1"]["command"]


def test_a_visitor_stays_with_one_front_end():
    service, front = BY_KIND["Service", "front"]["spec"], BY_KIND["Deployment", "front"]["spec"]
    assert service["sessionAffinity"] == "ClientIP"
    assert service["selector"] == front["selector"]["matchLabels"] == front["template"]["metadata"]["labels"]
    container = front["template"]["spec"]["containers"][0]
    port = container["ports"][0]["containerPort"]
    assert service["ports"][0]["targetPort"] == container["readinessProbe"]["tcpSocket"]["port"] == port
    assert f"--port={port}" in container["command"]


def test_everything_that_is_mounted_is_there():
    claims = {name for kind, name in BY_KIND if kind == "PersistentVolumeClaim"}
    for pod in PODS:
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        mounted = {mount["name"] for container in pod["containers"] for mount in container["volumeMounts"]}
        assert mounted == set(volumes)
        assert volumes["documents"]["persistentVolumeClaim"]["claimName"] in claims
    assert BY_KIND["PersistentVolumeClaim", "documents"]["spec"]["accessModes"] == ["ReadWriteMany"]


def test_all_processes_have_one_image_and_the_ray_that_was_tested():
    assert len({container["image"] for container in CONTAINERS}) == 1
    pinned = re.search(r"^ray==(\S+)", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE)[1]
    text = (ROOT / "docs/kubernetes.yaml").read_text("utf-8")
    assert CLUSTER["rayVersion"] == pinned
    assert f"rayproject/ray:{pinned}-" in text
    assert f"ray[default]=={pinned}" in text
    assert {group["template"]["spec"]["containers"][0]["image"] for group in GROUPS} == {CONTAINERS[0]["image"]}


def test_every_object_says_what_it_is():
    assert all(each["apiVersion"] and each["kind"] and each["metadata"]["name"] for each in OBJECTS)
    assert len(BY_KIND) == len(OBJECTS)
    assert "not run" in (ROOT / "docs/kubernetes.yaml").read_text("utf-8").splitlines()[0]
    assert "not run" in (ROOT / "docs/compose.yaml").read_text("utf-8").splitlines()[0]
