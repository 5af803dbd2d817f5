"""The network as a graph: how many members are tied to each other, and whether the whole hangs together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import rustworkx

from scoring.columns import Ints
from scoring.measures.ties import Ties


@dataclass(frozen=True, slots=True)
class GraphFigures:
    """An undirected graph without loops over the members who have at least one tie to somebody else.

    `density` is edges over possible edges, 2E / N(N - 1), None below two nodes; `mean_degree` is 2E / N, None without
    nodes; `components` are the parts that hang together, `largest_component` the number of members in the largest.
    """

    nodes: int
    edges: int
    density: float | None
    mean_degree: float | None
    components: int
    largest_component: int


def graph(of: Ties) -> GraphFigures:
    """Draw every tie, in whichever direction and however often, as one edge, and measure the graph."""
    between = of.source != of.target
    members, numbered = np.unique(np.stack((of.source[between], of.target[between])), return_inverse=True)
    nodes = len(members)
    one, other = numbered.reshape(2, -1)
    edges = np.unique(np.minimum(one, other) * nodes + np.maximum(one, other))
    sizes = _component_sizes(nodes, edges)
    return GraphFigures(
        nodes=nodes,
        edges=len(edges),
        density=2 * len(edges) / (nodes * (nodes - 1)) if nodes > 1 else None,
        mean_degree=2 * len(edges) / nodes if nodes else None,
        components=len(sizes),
        largest_component=max(sizes, default=0),
    )


def _component_sizes(nodes: int, edges: Ints) -> list[int]:
    """Return how many members each part that hangs together has; an edge is its lower end times `nodes` + its upper."""
    drawn = rustworkx.PyGraph()
    drawn.add_nodes_from(range(nodes))
    drawn.add_edges_from_no_data(list(zip((edges // nodes).tolist(), (edges % nodes).tolist(), strict=True)))
    return [len(part) for part in rustworkx.connected_components(drawn)]
