"""Mistakes to plant in a copy of the project, each with what is to be said of it."""

from dataclasses import dataclass
from pathlib import Path

OBJECTS = "experience/main/default/objects"
INTEREST = "foundation/main/default/objects/Interest__c"


@dataclass(frozen=True)
class Mistake:
    """A text in a file that becomes another one.

    Attributes:
        message: part of the finding's message.
        at: text of the line that is to be named; that of the new text if empty.
        above: lines that the line to be named is above that one.
        last: whether it is the last such line, not the first.
    """

    name: str
    file: str
    old: str
    new: str
    message: str
    at: str = ""
    above: int = 0
    last: bool = False

    def plant(self, root: Path) -> None:
        path = root / self.file
        text = path.read_text()
        assert self.old in text, f"{self.name}: {self.old} is not in {self.file}"
        path.write_text(text.replace(self.old, self.new, 1))

    def line(self, root: Path) -> int:
        lines = (root / self.file).read_text().splitlines()
        wanted = (self.at or self.new).strip().splitlines()[0]
        found = [number for number, line in enumerate(lines, start=1) if wanted in line]
        return found[-1 if self.last else 0] - self.above


MISTAKES = (
    Mistake(
        "unknown field in a layout",
        "experience/main/default/layouts/Interest__c-Interest Layout.layout-meta.xml",
        "<field>Due_At__c</field>",
        "<field>Due_Att__c</field>",
        "Interest__c has no field Due_Att__c; did you mean Due_At__c?",
    ),
    Mistake(
        "formula field to be edited in a layout",
        "experience/main/default/layouts/Interest__c-Cross-Sell Layout.layout-meta.xml",
        "<behavior>Readonly</behavior>\n                <field>Is_Overdue__c</field>",
        "<behavior>Edit</behavior>\n                <field>Is_Overdue__c</field>",
        "nobody can edit Is_Overdue__c; set its behavior to Readonly",
        at="<field>Is_Overdue__c</field>",
    ),
    Mistake(
        "wrong tag",
        f"{INTEREST}/fields/Explanation__c.field-meta.xml",
        "<visibleLines>25</visibleLines>",
        "<visibleLine>25</visibleLine>",
        "unknown element <visibleLine> in CustomField; did you mean <visibleLines>?",
    ),
    Mistake(
        "missing attribute of a field",
        f"{INTEREST}/fields/Explanation__c.field-meta.xml",
        "    <visibleLine>",
        "    <visibleLine>",
        "a field of type Html needs <visibleLines>; add it",
        at="<CustomField",
    ),
    Mistake(
        "missing label",
        f"{INTEREST}/fields/Reason_Note__c.field-meta.xml",
        "    <label>Note on the reason</label>\n",
        "",
        "Reason_Note__c has no label; add <label>",
        at="<CustomField",
    ),
    Mistake(
        "value that is none of the type's",
        f"{INTEREST}/fields/Account__c.field-meta.xml",
        "<deleteConstraint>SetNull<",
        "<deleteConstraint>SetNil<",
        "<deleteConstraint> is 'SetNil'; did you mean SetNull?",
    ),
    Mistake(
        "text where a number belongs",
        f"{INTEREST}/fields/Score_When_Opened__c.field-meta.xml",
        "<scale>1</scale>",
        "<scale>one</scale>",
        "<scale> is 'one'; it takes a value of type int",
    ),
    Mistake(
        "element that stands twice",
        f"{INTEREST}/fields/Gate__c.field-meta.xml",
        "<type>Picklist</type>",
        "<type>Picklist</type>\n    <type>Text</type>",
        "<type> a second time",
        at="<type>Text</type>",
    ),
    Mistake(
        "value set that is not there",
        f"{INTEREST}/fields/Reason__c.field-meta.xml",
        "<valueSetName>Smarketing_Reason<",
        "<valueSetName>Smarketing_Reasons<",
        "there is no global value set Smarketing_Reasons; did you mean Smarketing_Reason?",
    ),
    Mistake(
        "no XML",
        "experience/main/default/tabs/Health_Check__c.tab-meta.xml",
        "</motif>",
        "</motiv>",
        "no XML",
        at="</motiv>",
    ),
    Mistake(
        "unknown function in a formula",
        f"{INTEREST}/fields/Is_Overdue__c.field-meta.xml",
        "NOT(ISBLANK(",
        "NOT(ISEMPTY(",
        "ISEMPTY is no function",
        at="<formula>",
    ),
    Mistake(
        "unknown field in a formula over several lines",
        "process/main/default/objects/Interest__c/validationRules/Reason_When_Given_Back.validationRule-meta.xml",
        "ISBLANK(TEXT(Reason__c))",
        "ISBLANK(TEXT(Reasons__c))",
        "Interest__c has no field Reasons__c; did you mean Reason__c?",
    ),
    Mistake(
        "picklist that is used as a text",
        f"{INTEREST}/fields/Is_Recycled__c.field-meta.xml",
        "<formula>",
        '<formula>IF(Stage__c = "recycled", 1, 0) + ',
        "Stage__c is a picklist; put it into ISPICKVAL, CASE or TEXT",
    ),
    Mistake(
        "value in a formula that the picklist does not have",
        f"{INTEREST}/fields/Is_Rejected__c.field-meta.xml",
        '"rejected"',
        '"reject"',
        "Stage__c has no value reject; did you mean rejected?",
    ),
    Mistake(
        "list view with an unknown column",
        f"{OBJECTS}/Lead/listViews/Smarketing_Hot.listView-meta.xml",
        "<columns>LEAD.PHONE</columns>",
        "<columns>LEAD.FON</columns>",
        "Lead has no column LEAD.FON",
    ),
    Mistake(
        "list view with a value that the picklist does not have",
        f"{OBJECTS}/Interest__c/listViews/In_Qualification.listView-meta.xml",
        "<value>mql,qualifying</value>",
        "<value>mql,qualified</value>",
        "Stage__c has no value qualified; did you mean qualifying?",
    ),
    Mistake(
        "list view of a missing queue",
        f"{OBJECTS}/Interest__c/listViews/Sales_Support_Queue.listView-meta.xml",
        "<queue>Sales_Support</queue>",
        "<queue>Sale_Support</queue>",
        "there is no queue Sale_Support; did you mean Sales_Support?",
    ),
    Mistake(
        "compact layout with a long text",
        f"{OBJECTS}/Interest__c/compactLayouts/Interest.compactLayout-meta.xml",
        "<fields>Due_At__c</fields>",
        "<fields>Explanation__c</fields>",
        "a compact layout takes no long text such as Explanation__c",
    ),
    Mistake(
        "search layout with an unknown column",
        f"{INTEREST}/Interest__c.object-meta.xml",
        "<searchResultsAdditionalFields>Stage__c<",
        "<searchResultsAdditionalFields>Stages__c<",
        "Interest__c has no column Stages__c; did you mean Stage__c?",
    ),
    Mistake(
        "web link with an unknown merge field",
        f"{OBJECTS}/Lead/webLinks/XING_Search.webLink-meta.xml",
        "Lead.Company",
        "Lead.Firm",
        "Lead has no field Firm",
    ),
    Mistake(
        "record type with an unknown value",
        f"{INTEREST}/recordTypes/New_Business.recordType-meta.xml",
        "<fullName>lasers</fullName>",
        "<fullName>laser</fullName>",
        "Product_Line__c has no value laser; did you mean lasers?",
    ),
    Mistake(
        "dangling report column",
        "insight/main/default/reports/Smarketing_Reports/Overdue_Now.report-meta.xml",
        "<field>Interest__c$Due_At__c</field>",
        "<field>Interest__c$Due__c</field>",
        "the report type has no column Interest__c$Due__c; did you mean Interest__c$Due_At__c?",
    ),
    Mistake(
        "report formula over an unknown column",
        "insight/main/default/reports/Smarketing_Reports/Conversion_Per_Gate.report-meta.xml",
        "<calculatedFormula>Interest__c.Has_Reached_Sql__c:SUM",
        "<calculatedFormula>Interest__c.Has_Reached_Sqll__c:SUM",
        "the report type has no column Interest__c.Has_Reached_Sqll__c",
    ),
    Mistake(
        "report of a missing type",
        "insight/main/default/reports/Smarketing_Reports/Health.report-meta.xml",
        "<reportType>Smarketing_Health_Checks__c<",
        "<reportType>Smarketing_Health_Check__c<",
        "there is no report type Smarketing_Health_Check; did you mean Smarketing_Health_Checks?",
    ),
    Mistake(
        "report type with an unknown relationship's column",
        "insight/main/default/reportTypes/Smarketing_Opportunities_With_Interests.reportType-meta.xml",
        "<field>Expected_Value__c</field>",
        "<field>Expected__c</field>",
        "Interest__c has no column Expected__c",
    ),
    Mistake(
        "dashboard with a missing report",
        "insight/main/default/dashboards/Smarketing_Dashboards/Marketing.dashboard-meta.xml",
        "<report>Smarketing_Reports/Recycled</report>",
        "<report>Smarketing_Reports/Recycling</report>",
        "there is no report Smarketing_Reports/Recycling",
    ),
    Mistake(
        "flow with a misspelt field",
        "process/main/default/flows/Contact_Score_To_Account.flow-meta.xml",
        "<elementReference>Find_Best_Contact.Smarketing_Grade__c<",
        "<elementReference>Find_Best_Contact.Smarketing_Grades__c<",
        "Contact has no field Smarketing_Grades__c; did you mean Smarketing_Grade__c?",
    ),
    Mistake(
        "connector to a missing element",
        "process/main/default/flows/Interest_Due_Reminder.flow-meta.xml",
        "<targetReference>Does_A_Person_Own_It<",
        "<targetReference>Does_A_Person_Own<",
        "there is no element Does_A_Person_Own; did you mean Does_A_Person_Own_It?",
    ),
    Mistake(
        "element of a flow that nothing leads to",
        "process/main/default/flows/Interest_Due_Reminder.flow-meta.xml",
        "<name>Does_A_Person_Own_It</name>",
        "<name>Does_A_Person_Own_It</name>",
        "no connector leads to Does_A_Person_Own_It; connect it or take it out",
        at="<name>Does_A_Person_Own_It</name>",
        above=1,
    ),
    Mistake(
        "flow that sets a field to a value of another type",
        "process/main/default/flows/Interest_Handed_Over.flow-meta.xml",
        "<stringValue>High</stringValue>",
        "<booleanValue>true</booleanValue>",
        "a booleanValue does not fit Priority, of type picklist",
    ),
    Mistake(
        "flow that sends a missing outbound message",
        "process/main/default/flows/Lead_Changed_Message.flow-meta.xml",
        "<actionName>Lead.Smarketing_Lead_Changed<",
        "<actionName>Lead.Lead_Changed<",
        "there is no workflow outbound message Lead.Lead_Changed",
    ),
    Mistake(
        "flow whose action has two names",
        "process/main/default/flows/Lead_Changed_Message.flow-meta.xml",
        "<nameSegment>Lead.Smarketing_Lead_Changed<",
        "<nameSegment>Lead.Smarketing_Lead_Changed<",
        "<nameSegment> is Lead.Smarketing_Lead_Changed, not <actionName>; make them one",
    ),
    Mistake(
        "outbound message with an unknown field",
        "process/main/default/workflows/Contact.workflow-meta.xml",
        "<fields>Department</fields>",
        "<fields>Departement</fields>",
        "Contact has no field Departement; did you mean Department?",
    ),
    Mistake(
        "queue for an unknown object",
        "process/main/default/queues/Sales_Support.queue-meta.xml",
        "<sobjectType>Interest__c</sobjectType>",
        "<sobjectType>Interests__c</sobjectType>",
        "there is no object Interests__c; did you mean Interest__c?",
    ),
    Mistake(
        "matching rule with an unknown field",
        "process/main/default/matchingRules/Lead.matchingRule-meta.xml",
        "<fieldName>Company</fieldName>",
        "<fieldName>CompanyName</fieldName>",
        "Lead has no field CompanyName; did you mean Company?",
    ),
    Mistake(
        "duplicate rule that uses a missing matching rule",
        "after_go_live/main/default/duplicateRules/Lead.Smarketing_Lead.duplicateRule-meta.xml",
        "<matchingRule>Smarketing_Contact</matchingRule>",
        "<matchingRule>Smarketing_Kontakt</matchingRule>",
        "there is no matching rule Contact.Smarketing_Kontakt",
    ),
    Mistake(
        "lead conversion between fields of two types",
        "process/main/default/LeadConvertSettings/LeadConvertSettings.LeadConvertSetting-meta.xml",
        "<outputField>Smarketing_Grade__c</outputField>",
        "<outputField>Smarketing_Person_Id__c</outputField>",
        "Smarketing_Grade__c is a picklist, Smarketing_Person_Id__c a string; map fields of one type",
    ),
    Mistake(
        "app with a missing tab",
        "experience/main/default/applications/Smarketing.app-meta.xml",
        "<tabs>Improvement__c</tabs>",
        "<tabs>Improvements__c</tabs>",
        "there is no tab Improvements__c; did you mean Improvement__c?",
    ),
    Mistake(
        "path over a value that the picklist does not have",
        "experience/main/default/pathAssistants/Interest_Path.pathAssistant-meta.xml",
        "<picklistValueName>qualifying</picklistValueName>",
        "<picklistValueName>qualifing</picklistValueName>",
        "Stage__c has no value qualifing; did you mean qualifying?",
    ),
    Mistake(
        "quick action that sets an unknown value",
        "experience/main/default/quickActions/Interest__c.Reject.quickAction-meta.xml",
        "<literalValue>rejected</literalValue>",
        "<literalValue>refused</literalValue>",
        "Stage__c has no value refused",
    ),
    Mistake(
        "page with a missing list view",
        "experience/main/default/flexipages/Smarketing_Home.flexipage-meta.xml",
        "<value>Waiting_For_Sales</value>",
        "<value>Waiting_For_Sale</value>",
        "there is no list view Interest__c.Waiting_For_Sale",
    ),
    Mistake(
        "page with a missing dashboard",
        "experience/main/default/flexipages/Smarketing_Home.flexipage-meta.xml",
        "<value>Sales_Support</value>",
        "<value>Sale_Support</value>",
        "there is no dashboard Sale_Support; did you mean Sales_Support?",
    ),
    Mistake(
        "page with a missing related list",
        "experience/main/default/flexipages/Lead_Record_Page.flexipage-meta.xml",
        "<value>Touchpoints__r</value>",
        "<value>Touchpoint__r</value>",
        "Lead has no related list Touchpoint__r; did you mean Touchpoints__r?",
    ),
    Mistake(
        "page with an unknown field",
        "experience/main/default/flexipages/Contact_Record_Page.flexipage-meta.xml",
        "<fieldItem>Record.Smarketing_Grade__c<",
        "<fieldItem>Record.Smarketing_Note__c<",
        "Contact has no field Smarketing_Note__c",
    ),
    Mistake(
        "permission set with an unknown field",
        "access/main/default/permissionsets/Smarketing_Sales.permissionset-meta.xml",
        "<field>Account.Smarketing_Grade__c</field>",
        "<field>Account.Smarketing_Grad__c</field>",
        "Account has no field Smarketing_Grad__c; did you mean Smarketing_Grade__c?",
    ),
    Mistake(
        "permission to edit a formula",
        "access/main/default/permissionsets/Smarketing_Admin.permissionset-meta.xml",
        "<editable>false</editable>\n        <field>Interest__c.Is_Overdue__c</field>",
        "<editable>true</editable>\n        <field>Interest__c.Is_Overdue__c</field>",
        "nobody can edit Is_Overdue__c; set editable to false",
        at="<field>Interest__c.Is_Overdue__c</field>",
        above=1,
    ),
    Mistake(
        "permissions that stand twice",
        "access/main/default/permissionsets/Smarketing_Sales_Support.permissionset-meta.xml",
        "<field>Contact.Smarketing_Stage__c</field>",
        "<field>Contact.Smarketing_Score__c</field>",
        "a second <fieldPermissions> Contact.Smarketing_Score__c",
        above=2,
        last=True,
    ),
    Mistake(
        "group with a missing permission set",
        "access/main/default/permissionsetgroups/Smarketing_Sales_Role.permissionsetgroup-meta.xml",
        "<permissionSets>Smarketing_Sales<",
        "<permissionSets>Smarketing_Vertrieb<",
        "there is no permission set Smarketing_Vertrieb",
    ),
    Mistake(
        "group with a permission set of one phase alone",
        "access/main/default/permissionsetgroups/Smarketing_Admin_Role.permissionsetgroup-meta.xml",
        "<permissionSets>Smarketing_Admin<",
        "<permissionSets>Smarketing_Before_Go_Live<",
        "in the phase locked, there is no permission set Smarketing_Before_Go_Live",
    ),
    Mistake(
        "translation of a missing value",
        "foundation/main/default/objectTranslations/Improvement__c-de/Status__c.fieldTranslation-meta.xml",
        "<masterLabel>Declined</masterLabel>",
        "<masterLabel>Refused</masterLabel>",
        "the picklist has no value Refused",
    ),
    Mistake(
        "translation of a missing validation rule",
        "foundation/main/default/objectTranslations/Interest__c-de/Interest__c-de.objectTranslation-meta.xml",
        "<name>Belongs_To_Somebody</name>",
        "<name>Belongs_To_Nobody</name>",
        "there is no validation rule Interest__c.Belongs_To_Nobody",
    ),
)
