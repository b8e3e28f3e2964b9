package topo

const graphmlText = `<?xml version="1.0" encoding="utf-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key attr.name="Latitude" attr.type="double" for="node" id="d1"/>
  <key attr.name="Longitude" attr.type="double" for="node" id="d2"/>
  <key attr.name="Country" attr.type="string" for="node" id="d3"/>
  <key attr.name="label" attr.type="string" for="node" id="d4"/>
  <key attr.name="LinkSpeedRaw" attr.type="double" for="edge" id="d5"/>
  <key attr.name="LinkLabel" attr.type="string" for="edge" id="d6"/>
  <graph edgedefault="undirected">
    <node id="n0"><data key="d1">51.50</data><data key="d2">-0.12</data><data key="d3">United Kingdom</data><data key="d4">London</data></node>
    <node id="n1"><data key="d1">47.36</data><data key="d2">8.55</data><data key="d3">Switzerland</data><data key="d4">Zürich</data></node>
    <node id="n2"/>
    <edge source="n0" target="n1"><data key="d5">1000000000.0</data></edge>
    <edge source="n1" target="n0"><data key="d5">1000000000.0</data><data key="d6">1 Gbit/s</data></edge>
    <edge source="n1" target="n2"/>
    <edge source="n2" target="n2"/>
  </graph>
</graphml>
`

const gmlText = `# of the Zoo
Creator "by hand"
graph [
  directed 0
  label "Small"
  node [ id 0 label "London" Country "United Kingdom" Longitude -0.12 Latitude 51.50
    graphics [ x 1.0 y [ ] ] ]
  node [
    id 1
    label "Z&#252;rich"
    Country "Switzerland"
    Longitude 8.55
    Latitude 47.36
  ]
  node [ id 7 ]
  edge [ source 0 target 1 LinkSpeedRaw 1.0E9 ]
  edge [ source 1 target 7 ]
  edge [ source 7 target 7 ]
]
`

const sndlibXMLText = `<?xml version="1.0" encoding="ISO-8859-1"?>
<network xmlns="http://sndlib.zib.de/network" version="1.0">
 <meta><granularity>5min</granularity><unit>MBITPERSEC</unit></meta>
 <networkStructure>
  <nodes coordinatesType="geographical">
   <node id="ATLAM5"><coordinates><x>-84.3833</x><y>33.75</y></coordinates></node>
   <node id="ATLAng"><coordinates><x>-85.50</x><y>33.75</y></coordinates></node>
   <node id="IPLSng"><coordinates><x>-86.1595</x><y>39.7806</y></coordinates></node>
  </nodes>
  <links>
   <link id="L1"><source>ATLAM5</source><target>ATLAng</target>
    <preInstalledModule><capacity>9920.0</capacity><cost>0.0</cost></preInstalledModule><setupCost>133.0</setupCost>
    <additionalModules><addModule><capacity>40000.0</capacity><cost>133.0</cost></addModule></additionalModules></link>
   <link id="L2"><source>ATLAng</source><target>IPLSng</target><routingCost>2</routingCost><setupCost>9</setupCost>
    <additionalModules><addModule><capacity>8000</capacity><cost>1</cost></addModule><addModule><capacity>48000</capacity><cost>3</cost></addModule></additionalModules></link>
   <link id="L3"><source>ATLAM5</source><target>IPLSng</target></link>
   <link id="L4"><source>IPLSng</source><target>IPLSng</target></link>
  </links>
 </networkStructure>
 <demands>
  <demand id="D1"><source>ATLAM5</source><target>ATLAng</target><routingUnit>2</routingUnit><demandValue>100.0</demandValue></demand>
  <demand id="D2"><source>IPLSng</source><target>ATLAM5</target><demandValue>10</demandValue></demand>
  <demand id="D3"><source>IPLSng</source><target>IPLSng</target><demandValue>10</demandValue></demand>
 </demands>
</network>
`

const sndlibNativeText = `?SNDlib native format; type: network; version: 1.0
# network abilene

META (
  granularity = 5min
  unit = KBITPERSEC
)
NODES (
  ATLAM5 ( -84.3833 33.75 )
  ATLAng (-85.50 33.75)
  IPLSng ( -86.1595 39.7806 )
)
LINKS (
  L1 ( ATLAM5 ATLAng ) 9920.00 0.00 0.00 133.00 ( 40000.00 133.00 )
  L2 ( ATLAng IPLSng ) 0.00 0.00 2.00 9.00 ( 8000.00 1.00 48000.00 3.00 )
  L3 ( ATLAM5 IPLSng ) 0.00 0.00 0.00 0.00 ( )
  L4 ( IPLSng IPLSng ) 0.00 0.00 0.00 0.00 ( )
)
DEMANDS (
  D1 ( ATLAM5 ATLAng ) 2 100.00 UNLIMITED
  D2 ( IPLSng ATLAM5 ) 1 10.00 3
)
ADMISSIBLE_PATHS (
  D1 (
    P1 ( L1 )
    P2 ( L3 L2 )
  )
  D2 (
    P1 ( L3 )
  )
)
`

const nodeLinkText = `{"directed": false, "multigraph": true,
 "graph": {"name": "small", "demands": {"0": {"1": 10.0, "c": 2}, "c": {"0": 1.0, "c": 7}}},
 "nodes": [{"id": 0, "name": "London", "pos": [-0.12, 51.5]}, {"id": 1, "label": "Zürich", "Latitude": 47.36, "Longitude": 8.55}, {"id": "c"}],
 "edges": [{"source": 0, "target": 1, "dist": 776.6, "ecmp_fwd": {"org": 2.2}},
  {"source": 1, "target": "c", "LinkSpeedRaw": 1e9}, {"source": "c", "target": 1, "LinkSpeedRaw": 1e9}, {"source": 1, "target": 1}]}
`

const relationshipsText = `# source:topology|BGP|20260101
3356|64500|-1|bgp

3356|1299|0|mlp
1299|3356|0|bgp
1299|1299|0|bgp
`

const lhconeText = `links:
- [2, 1]
- [1, 3]
- [4, 3]
- [4, 2]
nodes:
  KIT: {asn: 34878, id: 4, type: edge, ip: null}
  CERN: {asn: 20641, id: 3, type: transit, peers: [1]}
  ESNET:
    asn: 293
    id: 1
    customers: [2]
    peers: [3]
    type: transit
  BNL: {asn: 43, id: 2, providers: [1], customers: [], type: edge}
`

// bzip2Relationships is "1|2|-1" and an end of line.
const bzip2Relationships = "425a683931415926535901cbeafa000001d880001000023000000420002183419a0a6d438bb9229c284800e5f57d00"
