"""Diagrams as other tools write them: prefixes, extensions, encodings."""

from __future__ import annotations

#: As Camunda Modeler writes for Camunda 7: one pool with lanes, a black box beside.
CAMUNDA = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  xmlns:modeler="http://camunda.org/schema/modeler/1.0"
  xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0"
  id="Definitions_1" targetNamespace="http://bpmn.io/schema/bpmn"
  exporter="Camunda Modeler" exporterVersion="5.20.0"
  modeler:executionPlatform="Camunda Platform" modeler:executionPlatformVersion="7.2">
  <bpmn:collaboration id="Collaboration_1">
    <bpmn:participant id="Participant_1" name="机关" processRef="inspection" />
    <bpmn:participant id="Participant_2" name="当事人" />
    <bpmn:messageFlow id="Flow_m" sourceRef="Participant_2" targetRef="Start_1" />
  </bpmn:collaboration>
  <bpmn:process id="inspection" name="检查" isExecutable="true">
    <bpmn:laneSet id="LaneSet_1"><bpmn:lane id="Lane_1" name="承办人">
      <bpmn:flowNodeRef>Start_1</bpmn:flowNodeRef>
      <bpmn:flowNodeRef>Activity_1</bpmn:flowNodeRef>
    </bpmn:lane></bpmn:laneSet>
    <bpmn:startEvent id="Start_1"><bpmn:outgoing>F</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="Activity_1" name="检查" camunda:assignee="demo"
        camunda:formKey="embedded:app:forms/x.html">
      <bpmn:extensionElements><camunda:taskListener class="org.X" event="create" />
      </bpmn:extensionElements>
      <bpmn:incoming>Flow_1</bpmn:incoming><bpmn:outgoing>Flow_2</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:exclusiveGateway id="Gateway_1" name="合格？" default="Flow_4" />
    <bpmn:endEvent id="Event_1" /><bpmn:endEvent id="Event_2" />
    <bpmn:sequenceFlow id="Flow_1" sourceRef="Start_1" targetRef="Activity_1" />
    <bpmn:sequenceFlow id="Flow_2" sourceRef="Activity_1" targetRef="Gateway_1" />
    <bpmn:sequenceFlow id="Flow_3" name="是" sourceRef="Gateway_1" targetRef="Event_1">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${ok == true}\
</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="Flow_4" name="否" sourceRef="Gateway_1" targetRef="Event_2"/>
    <bpmn:boundaryEvent id="Event_3" attachedToRef="Activity_1">
      <bpmn:outgoing>Flow_5</bpmn:outgoing>
      <bpmn:timerEventDefinition id="Timer_1"><bpmn:timeDuration
        xsi:type="bpmn:tFormalExpression">PT24H</bpmn:timeDuration>
      </bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="Flow_5" sourceRef="Event_3" targetRef="Event_2" />
    <bpmn:textAnnotation id="Text_1"><bpmn:text>说明</bpmn:text></bpmn:textAnnotation>
    <bpmn:association id="Association_1" sourceRef="Activity_1" targetRef="Text_1" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="D"><bpmndi:BPMNPlane id="P" bpmnElement="Collaboration_1">
    <bpmndi:BPMNShape id="S" bpmnElement="Start_1" bioc:stroke="#0d4372">
      <dc:Bounds x="1" y="1" width="36" height="36" /></bpmndi:BPMNShape>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>
""".encode()

#: As Camunda Modeler writes for Zeebe: FEEL conditions, no diagram interchange.
ZEEBE = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="D"
  targetNamespace="http://bpmn.io/schema/bpmn">
  <bpmn:process id="licence" isExecutable="true">
    <bpmn:startEvent id="s" /><bpmn:endEvent id="e" /><bpmn:endEvent id="f" />
    <bpmn:serviceTask id="a" name="发送"><bpmn:extensionElements>
      <zeebe:taskDefinition type="mail" /></bpmn:extensionElements>
      <bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>
        <zeebe:loopCharacteristics inputCollection="=parties" />
      </bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>
    </bpmn:serviceTask>
    <bpmn:exclusiveGateway id="g" default="f2" />
    <bpmn:sequenceFlow id="f0" sourceRef="s" targetRef="a" />
    <bpmn:sequenceFlow id="f3" sourceRef="a" targetRef="g" />
    <bpmn:sequenceFlow id="f1" sourceRef="g" targetRef="e"><bpmn:conditionExpression
      xsi:type="bpmn:tFormalExpression">=amount &gt; 5</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="f2" sourceRef="g" targetRef="f" />
  </bpmn:process>
</bpmn:definitions>
""".encode()

#: As Signavio writes: default namespace, ids with dashes, metadata everywhere.
SIGNAVIO = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:signavio="http://www.signavio.com"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  exporter="Signavio Process Editor, http://www.signavio.com"
  expressionLanguage="http://www.w3.org/1999/XPath" id="sid-1"
  targetNamespace="http://www.signavio.com" typeLanguage="http://www.w3.org/2001/XMLSchema">
  <collaboration id="sid-2"><participant id="sid-3" name="A" processRef="sid-4" />
    <participant id="sid-5" name="B" processRef="sid-6" /></collaboration>
  <process id="sid-4" isClosed="false" isExecutable="false" name="A" processType="None">
    <extensionElements /><laneSet id="sid-7"><lane id="sid-8" name="L">
      <extensionElements><signavio:signavioMetaData metaKey="bgcolor"
        metaValue="#fff" /></extensionElements>
      <flowNodeRef>sid-a</flowNodeRef></lane></laneSet>
    <startEvent id="sid-s" name=""><outgoing>sid-f1</outgoing></startEvent>
    <task completionQuantity="1" id="sid-a" isForCompensation="false" name="办理"
      startQuantity="1"><incoming>sid-f1</incoming><outgoing>sid-f2</outgoing></task>
    <endEvent id="sid-e" name=""><incoming>sid-f2</incoming></endEvent>
    <sequenceFlow id="sid-f1" isImmediate="true" sourceRef="sid-s" targetRef="sid-a" />
    <sequenceFlow id="sid-f2" sourceRef="sid-a" targetRef="sid-e" />
  </process>
  <process id="sid-6" isClosed="false" isExecutable="false" name="B" processType="None">
    <laneSet id="sid-9" />
  </process>
</definitions>
""".encode()
