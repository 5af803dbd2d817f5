import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.columns import NOBODY
from scoring.measures.network import graph
from scoring.measures.ties import ties
from scoring.signals import Kind
from tests.scoring.measures.builders import Act, columns

ENDS = st.lists(st.tuples(st.integers(1, 30), st.integers(NOBODY, 30)), max_size=80)


def replies(ends: list[tuple[int, int]]) -> list[Act]:
    return [Act(one, Kind.REPLY, other=other) for one, other in ends]


def test_graph_of_nothing_is_zero_without_averages() -> None:
    found = graph(ties(columns([])))
    assert (found.nodes, found.edges, found.components, found.largest_component) == (0, 0, 0, 0)
    assert found.density is None
    assert found.mean_degree is None


def test_graph_draws_both_directions_as_one_edge() -> None:
    found = graph(ties(columns(replies([(1, 2), (2, 1), (1, 2)]))))
    assert (found.nodes, found.edges, found.density, found.mean_degree) == (2, 1, 1.0, 1.0)


def test_graph_leaves_out_loops_and_members_without_a_tie() -> None:
    found = graph(ties(columns(replies([(1, 2), (3, 3), (4, NOBODY)]))))
    assert (found.nodes, found.edges) == (2, 1)


def test_graph_tells_parts_apart() -> None:
    found = graph(ties(columns(replies([(1, 2), (2, 3), (90, 70)]))))
    assert (found.components, found.largest_component) == (2, 3)


@given(ENDS)
def test_graph_agrees_with_networkx(ends: list[tuple[int, int]]) -> None:
    oracle = nx.Graph([(one, other) for one, other in ends if other not in (NOBODY, one)])
    found = graph(ties(columns(replies(ends))))
    parts = [len(part) for part in nx.connected_components(oracle)]
    assert (found.nodes, found.edges) == (oracle.number_of_nodes(), oracle.number_of_edges())
    assert (found.components, found.largest_component) == (len(parts), max(parts, default=0))
    assert found.density == (pytest.approx(nx.density(oracle)) if parts else None)
