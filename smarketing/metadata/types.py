"""The types of metadata that the project uses, and where their files lie.

Names, folders and endings: Metadata API Developer Guide and the registry of Salesforce's
`source-deploy-retrieve`, which the `sf` command line goes by.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """A child that source format keeps in a file of its own and metadata format inside its parent's.

    Attributes:
        element: its element in the parent's file.
        folder: its folder below the parent's; empty where it lies beside the parent's own file.
        key: the element that names it.
    """

    type: str
    element: str
    folder: str
    suffix: str
    key: str = "fullName"


@dataclass(frozen=True, slots=True)
class MetadataType:
    """A type of metadata.

    Attributes:
        folder: of its files, in source and in metadata format.
        suffix: of its files, without the `-meta.xml` of source format.
        in_folders: whether users sort it into folders, which are components themselves.
        parts: children with files of their own; then each component has a folder, too.
    """

    name: str
    folder: str
    suffix: str
    in_folders: bool = False
    parts: tuple[Part, ...] = ()

    @property
    def folder_suffix(self) -> str:
        """Ending of the files that describe its users' folders, in source format."""
        return f"{self.suffix}Folder"


_OBJECT_PARTS = (
    Part("BusinessProcess", "businessProcesses", "businessProcesses", "businessProcess"),
    Part("CompactLayout", "compactLayouts", "compactLayouts", "compactLayout"),
    Part("CustomField", "fields", "fields", "field"),
    Part("FieldSet", "fieldSets", "fieldSets", "fieldSet"),
    Part("ListView", "listViews", "listViews", "listView"),
    Part("RecordType", "recordTypes", "recordTypes", "recordType"),
    Part("ValidationRule", "validationRules", "validationRules", "validationRule"),
    Part("WebLink", "webLinks", "webLinks", "webLink"),
)
_TRANSLATION_PARTS = (Part("CustomFieldTranslation", "fields", "", "fieldTranslation", key="name"),)

TYPES: Mapping[str, MetadataType] = {
    each.name: each
    for each in (
        MetadataType("CustomApplication", "applications", "app"),
        MetadataType("CustomObject", "objects", "object", parts=_OBJECT_PARTS),
        MetadataType(
            "CustomObjectTranslation", "objectTranslations", "objectTranslation", parts=_TRANSLATION_PARTS
        ),
        MetadataType("CustomPermission", "customPermissions", "customPermission"),
        MetadataType("CustomTab", "tabs", "tab"),
        MetadataType("Dashboard", "dashboards", "dashboard", in_folders=True),
        MetadataType("DuplicateRule", "duplicateRules", "duplicateRule"),
        MetadataType("FlexiPage", "flexipages", "flexipage"),
        MetadataType("Flow", "flows", "flow"),
        MetadataType("FlowDefinition", "flowDefinitions", "flowDefinition"),
        MetadataType("GlobalValueSet", "globalValueSets", "globalValueSet"),
        MetadataType("GlobalValueSetTranslation", "globalValueSetTranslations", "globalValueSetTranslation"),
        MetadataType("Layout", "layouts", "layout"),
        MetadataType("LeadConvertSettings", "LeadConvertSettings", "LeadConvertSetting"),
        MetadataType("MatchingRules", "matchingRules", "matchingRule"),
        MetadataType("MutingPermissionSet", "mutingpermissionsets", "mutingpermissionset"),
        MetadataType("PathAssistant", "pathAssistants", "pathAssistant"),
        MetadataType("PermissionSet", "permissionsets", "permissionset"),
        MetadataType("PermissionSetGroup", "permissionsetgroups", "permissionsetgroup"),
        MetadataType("Profile", "profiles", "profile"),
        MetadataType("Queue", "queues", "queue"),
        MetadataType("QuickAction", "quickActions", "quickAction"),
        MetadataType("Report", "reports", "report", in_folders=True),
        MetadataType("ReportType", "reportTypes", "reportType"),
        MetadataType("Translations", "translations", "translation"),
        MetadataType("Workflow", "workflows", "workflow"),
    )
}
"""By name."""

PARTS: Mapping[str, tuple[MetadataType, Part]] = {
    part.type: (each, part) for each in TYPES.values() for part in each.parts
}
"""Children by their type, with the type of their parent."""
