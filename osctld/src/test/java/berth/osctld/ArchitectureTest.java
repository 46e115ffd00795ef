package berth.osctld;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The rules of docs/design.md that a compiler does not keep. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("berth");

    @Test
    void onlyTheLinuxModuleMeetsTheKernel() {
        noClasses()
                .that()
                .resideOutsideOfPackage("berth.linux..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.foreign..")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(ProcessBuilder.class)
                .check(CLASSES);
    }

    @Test
    void theLinuxModuleKnowsNothingOfBerth() {
        noClasses()
                .that()
                .resideInAPackage("berth.linux..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("berth.engine..", "berth.osctld..")
                .check(CLASSES);
    }

    @Test
    void theEngineKnowsNoCommandLineAndNoNetworkServer() {
        noClasses()
                .that()
                .resideInAPackage("berth.engine..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("berth.osctld..", "picocli..", "java.net.http..", "com.sun.net.httpserver..")
                .check(CLASSES);
    }

    @Test
    void packagesOfTheEngineDoNotDependOnEachOtherInCircles() {
        slices().matching("berth.engine.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void packagesOfTheLinuxModuleDoNotDependOnEachOtherInCircles() {
        slices().matching("berth.linux.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void nothingIsStaticAndChanges() {
        fields().that()
                .areStatic()
                .and()
                .areDeclaredInClassesThat()
                .resideInAPackage("berth..")
                .should()
                .beFinal()
                .check(CLASSES);
    }

    @Test
    void partsAreJoinedInOnePlace() {
        classes()
                .that()
                .haveFullyQualifiedName("berth.osctld.Wiring")
                .should()
                .onlyHaveDependentClassesThat()
                .haveFullyQualifiedName("berth.osctld.Main")
                .check(CLASSES);
    }
}
